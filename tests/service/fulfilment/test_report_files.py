"""Reports of factories in the files that people have: what Allot exports, other CSV, doubtful quantities."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models.examples import two_counties_raw
from service.api.app import create_app
from service.cli import app as cli
from service.core.settings import Settings
from service.spreadsheets.file_kinds import XLSX_MEDIA_TYPE
from tests.service.api.conftest import WAIT

Json = dict[str, Any]
CSV = {"Content-Type": "text/csv"}
HEADER = "factory,item,period,quantity\n"
ROW = "hyesan-daily,soap,2002-01,25000\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data_dir=tmp_path_factory.mktemp("reports"), solver_workers=1))) as opened:
        yield opened


@pytest.fixture(scope="module")
def plan(client: TestClient) -> str:
    """A ratified plan."""
    made = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=WAIT)
    address = str(made.headers["location"])
    assert [client.post(f"{address}/approval/{act}", json={}).status_code for act in ("submit", "ratify")] == [200, 200]
    return address


def send(client: TestClient, plan: str, body: str | bytes, media_type: str = "text/csv") -> Any:
    return client.post(f"{plan}/outputs", content=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("source", ["outputs", "outputs?history=true", "tables/quotas?period=2002-01"])
def test_what_allot_exports_is_read(client: TestClient, plan: str, kind: str, source: str) -> None:
    if source.startswith("outputs"):
        assert send(client, plan, HEADER + ROW).status_code == 201
    exported = client.get(f"{plan}/{source}{'&' if '?' in source else '?'}format={kind}")
    assert exported.status_code == 200
    if "history" in source:
        rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig")))) if kind == "csv" else []
        assert kind == "xlsx" or len(rows) > 1
    answer = send(client, plan, exported.content, "text/csv" if kind == "csv" else XLSX_MEDIA_TYPE)
    if "history" in source and answer.status_code == 422:
        assert {one["code"] for one in answer.json()["errors"]} == {"reported_twice"}
    else:
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_write_csv_is_read(client: TestClient, plan: str, delimiter: str, encoding: str, end: str) -> None:
    text = f"sep={delimiter}\nItem,FACTORY,quantity,period,note\nsoap,hyesan-daily,25000,2002-01,확인\n\n , , , ,\n"
    body = text.replace(",", delimiter).replace("\n", end).encode(encoding)
    answer = send(client, plan, body)
    assert (answer.status_code, answer.json().get("accepted")) == (201, 1), answer.text
    assert answer.json()["findings"] == []


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        (HEADER + "hyesan-daily,soap,2002-01,25,000\n", "ragged_row", "row/2"),
        (HEADER + ROW.replace("\n", ",\n"), "ragged_row", "row/2"),
        (HEADER + 'hyesan-daily,soap,2002-01,"25,000"\n', "wrong_type", "row/2/quantity"),
        (HEADER + "hyesan-daily,soap\n", "missing", "row/2/quantity"),
        ((HEADER + "비누,soap,2002-01,1\n").encode("cp949"), "not_csv", "row/1"),
        (HEADER + '"hyesan-daily,soap,2002-01,1\n', "not_csv", "row/2"),
    ],
)
def test_a_mistake_in_csv_is_told_with_its_cell(
    client: TestClient, plan: str, sent: str | bytes, code: str, path: str
) -> None:
    answer = send(client, plan, sent)
    assert answer.status_code == 422
    finding = next(one for one in answer.json()["errors"] if one["code"] == code)
    assert finding["path"] == path or code == "missing"
    assert finding["cell"]["sheet"] == "outputs"
    if code in ("ragged_row", "wrong_type"):
        assert "comma" in finding["message"] + finding["remedy"]


def test_an_absurd_output_is_refused_and_a_large_one_is_told(client: TestClient, plan: str) -> None:
    refused = send(client, plan, HEADER + "hyesan-daily,soap,2002-01,1e9\n")
    assert refused.status_code == 422
    (finding,) = refused.json()["errors"]
    assert (finding["path"], finding["code"]) == ("row/2/quantity", "implausible_output")
    told = send(client, plan, HEADER + "hyesan-daily,soap,2002-01,120000.5\n")
    assert told.status_code == 201
    large, broken = told.json()["findings"]
    assert [(one["code"], one["severity"]) for one in (large, broken)] == [
        ("output_above_capacity", "warning"),
        ("output_not_whole", "warning"),
    ]
    assert "120,000.5 units" in broken["message"]


@pytest.mark.parametrize("store", [400.0, [10.0, 5.0]])
def test_what_cannot_be_stored_is_lost_and_the_rest_is_planned(client: TestClient, store: Any) -> None:
    raw = two_counties_raw()
    raw["counties"][0]["store_tonnes"] = store
    raw["factories"][0]["lines"][0]["materials"] = {}
    made = client.post("/v1/plans", json={"problem": raw}, headers=WAIT).headers["location"]
    for act in ("submit", "ratify"):
        client.post(f"{made}/approval/{act}", json={})
    assert (
        send(
            client, made, HEADER + "hyesan-daily,soap,2002-01,800000\nhyesan-daily,notebook,2002-01,500000\n"
        ).status_code
        == 201
    )
    again = client.post(f"{made}/replan", json={"from": "2002-02"}, headers=WAIT).json()
    lost = {(row["place"], row["item"]): row["quantity"] for row in again["source"]["replanned"]["lost"]}
    assert again["outcome"] in ("optimal", "feasible"), again
    if store == 400.0:
        assert lost == {}
    else:
        assert lost[("hyesan", "soap")] > 600_000
        assert lost[("hyesan", "soap")].is_integer()


@pytest.mark.parametrize("ending", [".csv", ".CSV", ".XLSX", ".xlsx"])
def test_the_command_line_reads_reports_by_their_ending_in_any_case(
    client: TestClient, plan: str, tmp_path: Any, ending: str
) -> None:
    kind = ending[1:].lower()
    file = tmp_path / f"REPORT{ending}"
    file.write_bytes(client.get(f"{plan}/tables/quotas?period=2002-01&format={kind}").content)
    (tmp_path / "quotas.csv").write_bytes(client.get(f"{plan}/tables/quotas?format=csv").content)
    shown = CliRunner().invoke(
        cli, ["fulfilment", "models/examples/two_counties.json", "--plan", str(tmp_path), "--outputs", str(file)]
    )
    assert shown.exit_code == 0, shown.output
    assert "100" in shown.output
