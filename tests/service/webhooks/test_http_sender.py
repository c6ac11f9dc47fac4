"""Where a message may go, how long it may take, and what of an answer is looked at."""

import random
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from service.workers.http_sender import DeliveryError, is_public_address, post_message
from service.workers.webhook_dispatcher import MAX_BACKOFF_SECONDS, compute_backoff
from tests.service.webhooks.receiver import receiving


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
        ("2001:0:a00:1::1", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::808:808", False),
        ("::127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("168.63.129.16", False),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public_address(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0", "2130706433", "0x7f000001", "[::1]"])
def test_nothing_is_sent_to_this_machine_unless_allowed(host: str) -> None:
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        with pytest.raises(DeliveryError, match=r"no public address|gaierror"):
            post_message(url, b"{}", {}, timeout_seconds=5, allow_private=False)
        assert receiver.bodies == []
        assert post_message(receiver.url, b"{}", {}, timeout_seconds=5, allow_private=True) == 200
        assert receiver.bodies == [b"{}"]


def test_messages_go_to_no_port_of_other_services_unless_allowed() -> None:
    with pytest.raises(DeliveryError, match="port 6379 is neither 80 nor 443"):
        post_message("http://93.184.216.34:6379/", b"{}", {}, timeout_seconds=5, allow_private=False)


def test_redirects_are_not_followed() -> None:
    with receiving() as target, receiving(status=307, headers={"Location": target.url}) as receiver:
        assert post_message(receiver.url, b"{}", {}, timeout_seconds=5, allow_private=True) == 307
    assert target.bodies == []


@pytest.mark.parametrize("answers", [{"hold": threading.Event()}, {"drip": 0.05}], ids=["silent", "dripping"])
def test_no_answer_takes_longer_than_the_time_limit(answers: dict[str, object]) -> None:
    # without the limit the receiver would answer 200 after half a minute
    with receiving(**answers) as receiver, pytest.raises(DeliveryError, match=r"no answer in 0\.5 s"):
        post_message(receiver.url, b"{}", {}, timeout_seconds=0.5, allow_private=True)


def test_nobody_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(DeliveryError, match="refused"):
            post_message(url, b"{}", {}, timeout_seconds=5, allow_private=True)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603 - a throw-away certificate
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",  # noqa: S607
         "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            taken, _ = listening.accept()
            with taken, pytest.raises(OSError, match=r"SSL|ssl|reset"):
                context.wrap_socket(taken, server_side=True)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(DeliveryError, match="CERTIFICATE_VERIFY_FAILED"):
            post_message(
                f"https://localhost:{listening.getsockname()[1]}/", b"{}", {}, timeout_seconds=5, allow_private=True
            )
        thread.join()


def test_pauses_grow_and_differ() -> None:
    chance = random.Random(1)  # noqa: S311 - not for secrets
    pauses = [compute_backoff(tries, 5.0, chance) for tries in range(1, 13)]
    assert all(0.75 * 5 * 3**k <= seconds <= 1.25 * 5 * 3**k for k, seconds in enumerate(pauses[:7]))
    assert pauses[-1] <= 1.25 * MAX_BACKOFF_SECONDS
    assert compute_backoff(1_000, 5.0, chance) <= 1.25 * MAX_BACKOFF_SECONDS
    assert len({compute_backoff(3, 5.0, chance) for _ in range(9)}) == 9
