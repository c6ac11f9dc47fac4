"""What if, reasons and compare, walked in a browser; figures are those of the interface."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, Service, Watched, faults, picture, settled
from tests.browser.figures import agrees, two_counties

pytestmark = pytest.mark.browser


CELL = "county=hyesan&item=notebook&period=2002-02"


@pytest.fixture(scope="module")
def short(service: Service) -> str:
    """A plan with shortages."""
    return two_counties(service)


def answered(page: Page) -> None:
    """Wait for the answer beside the plan."""
    page.wait_for_selector(".answer-card:not([aria-busy]) .answer")


def test_a_slider_is_answered_beside_the_plan(open_page: Open, service: Service, short: str) -> None:
    """Turned by keyboard: the URL keeps it, the figures are those of the interface, and it says what changed and why."""
    page = open_page(f"#/what-if?plan={short}")
    assert page.get_by_text("Nothing is changed yet").is_visible()
    page.get_by_label("Electricity, all areas").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    answered(page)
    assert "power=0.8" in page.url
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": [{"what": "power_limit", "factor": 0.8}]})
    for name, (before, after) in (("served", truth["served_share"]), ("objective", truth["objective"])):
        figure = page.locator(f"[data-figure={name}]")
        assert agrees(figure.locator(".was").inner_text(), before)
        assert agrees(figure.locator("strong").inner_text(), after)
        assert agrees(figure.locator(".tag").inner_text(), after - before)
    shares = {row["key"]: row for row in truth["by_county"]}
    for row in page.locator("table[data-by=county] tbody tr").all():
        share = shares[str(row.get_attribute("data-key"))]
        cells = row.locator("td").all_inner_texts()
        assert agrees(cells[0], share["before"])
        assert agrees(cells[1], share["after"])
    assert "Hyesan loses most" in page.locator(".said").first.inner_text()
    assert "Electricity of Hyesan, January 2002" in page.locator(".why").inner_text()
    picture(page, "what-if", full=True)


def test_an_address_is_a_question(open_page: Open, short: str) -> None:
    """Several changes in the URL are answered step by step; going back to the plan clears them."""
    page = open_page(f"#/what-if?plan={short}&power.hyesan=0.5&central=0.9")
    answered(page)
    assert page.locator("table.steps tbody tr").count() == 2
    assert page.get_by_label("Share promised by the centre").input_value() == "90"
    page.get_by_role("button", name="Back to the plan").click()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible()
    assert "power" not in page.url


def test_only_the_last_question_is_answered(open_page: Open, short: str) -> None:
    """Questions overtaken by others are given up, and few are sent."""
    page = open_page(f"#/what-if?plan={short}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/what-if") else None)
    page.get_by_label("People").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    answered(page)
    assert page.locator(".asked strong").inner_text() == "People: to 110%"
    assert len(asked) <= 2


def held(page: Page, question: str) -> list[Route]:
    """Questions of a kind, kept waiting on their way to the service until they are let go."""
    waiting: list[Route] = []
    page.route(f"**/{question}", lambda route: waiting.append(route))
    return waiting


def test_prices_tell_at_once_and_solving_again_replaces_them(open_page: Open, service: Service, short: str) -> None:
    """While the solved answer is on its way an estimate stands there, which says that it is one and what kind of figure it is."""
    page = open_page(f"#/what-if?plan={short}")
    waiting = held(page, "what-if")
    for factor, kind, said in (
        (0.9, "exact", "just this"),
        (0.4, "least", "never cheaper"),
        (1.5, "most", "never more"),
    ):
        body = {"changes": [{"what": "power_limit", "factor": factor}]}
        truth = service.json(f"/v1/plans/{short}/estimate", body)
        knob = page.get_by_label("Electricity, all areas")
        knob.fill(str(round(100 * factor)))
        told = page.locator(f".estimate[data-kind={kind}]")
        expect(told).to_contain_text("Estimate from the plan's prices; being verified")
        expect(told).to_contain_text(said)
        figure = told.locator("[data-figure=estimate]").inner_text()
        assert agrees(figure, abs(truth["change"]) if kind == "most" else truth["change"]), figure
        assert page.locator(".answer").count() == 0
        assert faults(page) == []
        page.wait_for_timeout(500)  # the solved question is sent after a pause
        waiting.pop().continue_()
        answered(page)
        assert page.locator(".estimate").count() == 0
        assert "Verified: solved again" in page.locator(".answer-head").inner_text()
        solved = service.json(f"/v1/plans/{short}/what-if", body)
        change = solved["objective"][1] - solved["objective"][0]
        foretold, found = page.locator(".foretold").inner_text().rsplit("solved again it is", 1)
        assert agrees(foretold, abs(truth["change"]) if kind == "most" else truth["change"])
        assert agrees(found, change)
        assert truth["change"] <= change + 1e-6 * abs(change)


def test_what_is_overtaken_or_left_is_given_up(open_page: Open, short: str) -> None:
    """Moving on and leaving the view end the request itself, so that the service can stop."""
    page = open_page(f"#/what-if?plan={short}")
    waiting = held(page, "what-if")
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(f"{request.url.rsplit('/', 1)[1]} {request.failure}"))
    for factor in ("80", "70"):
        page.get_by_label("Electricity, all areas").fill(factor)
        page.wait_for_selector(".estimate")
        page.wait_for_timeout(500)
    assert len(waiting) == 2
    assert ended == ["what-if net::ERR_ABORTED"]
    page.get_by_role("link", name="Map", exact=True).click()
    settled(page)
    assert ended == ["what-if net::ERR_ABORTED"] * 2


def test_a_refused_change_is_told_in_words(open_page: Open, watched: Watched, short: str) -> None:
    """What the service refuses is said, with its remedy."""
    watched.expected.append("422")
    page = open_page(f'#/what-if?plan={short}&changes=[{{"what":"power_limit","where":"nowhere","factor":0.5}}]')
    expect(page.locator(".answer-card .failure")).to_contain_text("nowhere")


def test_what_was_tried_is_kept_and_compared(open_page: Open, service: Service, short: str) -> None:
    """Kept as a plan of its own; the two stand side by side, and the difference is taken apart."""
    page = open_page(f"#/what-if?plan={short}&power=0.7")
    answered(page)
    page.get_by_role("button", name="Keep as a plan").click()
    page.locator(".see-compare").click()
    settled(page)
    page.wait_for_selector(".plans-beside")
    other = page.url.split("with=")[1]
    heads = [service.json(f"/v1/plans/{one}") for one in (short, other)]
    assert heads[1]["base_plan"] == short
    for figure, value in (
        ("served_share", "served_share"),
        ("local_share", "local_share"),
        ("power", "power_used_kwh"),
    ):
        texts = page.locator(f"[data-figure={figure}]").all_inner_texts()
        assert all(agrees(text, head["summary"][value]) for text, head in zip(texts, heads, strict=True))
    page.get_by_role("button", name="Take the difference apart").click()
    page.wait_for_selector(".answer")
    truth = service.json(f"/v1/plans/{short}/compare", {"plan": other})
    assert agrees(page.locator("[data-figure=objective] strong").last.inner_text(), truth["objective"][1])
    assert faults(page) == []
    picture(page, "compare", full=True)


def test_what_was_tried_is_kept_as_a_scenario(open_page: Open, service: Service, plan: str) -> None:
    """Ryanggang stays as it came: a copy takes the scenarios, the second beside the first; Start offers them."""
    page = open_page(f"#/what-if?plan={plan}&power=0.97")
    answered(page)
    for count, name in enumerate(("Less power", "Less power"), start=1):
        page.get_by_label("Or as a scenario called").fill(name)
        page.get_by_role("button", name="Keep as a scenario").click()
        expect(page.locator(".scenario .keep-said")).to_contain_text("Kept: scenario “Less power” of Ryanggang, own")
        kept = service.json("/v1/provinces/ryanggang-own")
        assert [one["id"] for one in kept["scenarios"][-count:]] == ["less-power", "less-power-2"][:count]
        page.reload()
        answered(page)
    change = service.json("/v1/provinces/ryanggang-own")["scenarios"][-1]["changes"][-1]
    assert (change["what"], change["factor"]) == ("power_limit", 0.97)
    page.get_by_label("Or as a scenario called").fill("적은 전력")
    page.get_by_role("button", name="Keep as a scenario").click()
    page.locator(".see-scenario").click()
    settled(page)
    expect(page.locator("input[name=province][value=ryanggang-own]")).to_be_checked()
    expect(page.locator("input[name=scenario]:checked")).to_have_value("scenario")
    assert "적은 전력" in page.locator(".start-form").inner_text()


def test_from_a_shortage_to_a_remedy_applied(open_page: Open, service: Service, short: str) -> None:
    """The list of shortages leads to one; the limits behind it, verified remedies, one applied."""
    page = open_page(f"#/reasons?plan={short}")
    page.locator(".cells tr", has_text="February").filter(has_text="Hyesan").get_by_role(
        "link", name="Notebook"
    ).click()
    settled(page)
    supply = service.json(f"/v1/plans/{short}/supply?{CELL}")["rows"][0]
    for name, key in (("short", "shortage"), ("of", "demand"), ("price", "price")):
        assert agrees(page.locator(f".reason-top [data-figure={name}] dd").inner_text(), supply[key])
    causes = service.json(f"/v1/plans/{short}/why?by=all&{CELL}")["groups"][0]["causes"]
    shown = page.locator(".causes > li")
    assert shown.count() == len(causes)
    for one, cause in zip(shown.all(), causes, strict=True):
        assert one.get_attribute("data-rule") == cause["rule"]
        assert agrees(one.locator("strong").inner_text(), cause["share"])
        assert agrees(one.locator("p").inner_text(), cause["gain"])
    remedies = service.json(f"/v1/plans/{short}/remedies?{CELL}&left=0.5")["remedies"]
    cards = page.locator(".remedy")
    assert cards.count() == len(remedies)
    first = remedies[0]
    assert agrees(cards.first.locator("h3").inner_text().split(":")[1], first["amount"])
    assert agrees(cards.first.locator(".posted").inner_text().partition("leaves")[2], first["posted"])
    cards.first.get_by_role("button", name="Apply and see").click()
    page.wait_for_selector(".tried .beside")
    truth = service.json(f"/v1/plans/{short}/what-if", {"changes": first["changes"]})
    assert agrees(page.locator(".tried [data-figure=served] strong").inner_text(), truth["served_share"][1])
    assert truth["served_share"][1] > truth["served_share"][0]
    assert faults(page) == []
    picture(page, "reasons", full=True)


def test_nothing_short_is_said(open_page: Open, short: str) -> None:
    """A need that is served in full has no reasons."""
    page = open_page(f"#/reasons?plan={short}&county=kapsan&item=starch&period=2002-01")
    expect(page.get_by_text("Nothing is short here")).to_be_visible()


def test_a_province_is_asked_what_if(open_page: Open, service: Service, plan: str) -> None:
    """Ryanggang's normal year with worse machines."""
    page = open_page(f"#/what-if?plan={plan}&machines=0.9")
    page.set_default_timeout(120_000)
    answered(page)
    truth = service.json(f"/v1/plans/{plan}/what-if", {"changes": [{"what": "machine_condition", "factor": 0.9}]})
    figure = page.locator("[data-figure=objective]")
    assert agrees(figure.locator("strong").inner_text(), truth["objective"][1])
    assert agrees(figure.locator(".tag").inner_text(), truth["objective"][1] - truth["objective"][0])
