"""Tables: every format says the same, filters, sorting, pages, tags."""

import csv
import io
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet
from starlette.testclient import TestClient

from models.tables import TABLE_SCHEMAS
from service.domain.schemas.tables import column_name, list_key_columns
from tests.service.api.answers import assert_problem, paths

Rows = list[dict[str, Any]]


def rows(client: TestClient, address: str) -> Rows:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found: Rows = answer.json()["rows"]
    return found


def arrow(content: bytes) -> Rows:
    found: Rows = ipc.open_stream(pa.BufferReader(content)).read_all().to_pylist()
    return found


@pytest.mark.parametrize("table", TABLE_SCHEMAS)
def test_every_format_of_every_table_says_the_same(client: TestClient, plan: str, table: str) -> None:
    told = rows(client, f"{plan}/tables/{table}")
    kinds = {kind: client.get(f"{plan}/tables/{table}?format={kind}") for kind in ("csv", "parquet", "arrow")}
    assert all(answer.status_code == 200 for answer in kinds.values())
    assert parquet.read_table(io.BytesIO(kinds["parquet"].content)).to_pylist() == told
    assert arrow(kinds["arrow"].content) == told
    header, *body = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{plan}/tables/{table}?format=xlsx").content)
    ).active.values
    assert [dict(zip(header, row, strict=True)) for row in body] == told
    written = list(csv.DictReader(io.StringIO(kinds["csv"].text)))
    header = kinds["csv"].text.partition("\n")[0].replace('"', "").split(",")
    assert header == [column_name(name) for name in TABLE_SCHEMAS[table].model_fields]
    numbers = [name for name in header if name not in list_key_columns(TABLE_SCHEMAS[table])]
    assert [
        {name: (float(row[name]) if row[name] else None) if name in numbers else row[name] for name in row}
        for row in written
    ] == told


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/vnd.apache.parquet, */*;q=0.1", "application/vnd.apache.parquet"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/json;q=0.2, application/vnd.apache.arrow.stream;q=0.9", "application/vnd.apache.arrow.stream"),
        ("application/json;q=0, text/csv;q=0.001", "text/csv; charset=utf-8"),
    ],
)
def test_the_format_goes_by_accept(client: TestClient, plan: str, accept: str, media_type: str) -> None:
    answer = client.get(f"{plan}/tables/quotas", headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"]


def test_what_is_not_there_is_not_acceptable(client: TestClient, plan: str) -> None:
    assert_problem(client.get(f"{plan}/tables/quotas", headers={"Accept": "image/png"}), 406)
    assert client.get(f"{plan}/tables/quotas?format=csv", headers={"Accept": "image/png"}).status_code == 200
    assert_problem(client.get(f"{plan}/tables/quotas?format=xml"), 422)


def test_filters_are_alternatives_within_a_column_and_hold_together_across(client: TestClient, plan: str) -> None:
    everything = rows(client, f"{plan}/tables/supply")
    wanted = [row for row in everything if row["county"] == "hyesan" and row["item"] in {"soap", "notebook"}]
    assert wanted
    assert len(wanted) < len(everything)
    requested = "county=hyesan&item=soap&item=notebook"
    assert rows(client, f"{plan}/tables/supply?{requested}") == wanted
    assert arrow(client.get(f"{plan}/tables/supply?{requested}&format=arrow").content) == wanted
    assert parquet.read_table(
        io.BytesIO(client.get(f"{plan}/tables/supply?{requested}&format=parquet").content)
    ).num_rows == len(wanted)
    assert rows(client, f"{plan}/tables/slips?county=hyesan") == []
    assert rows(client, f"{plan}/tables/shipments?from=kilju")
    assert {row["from"] for row in rows(client, f"{plan}/tables/shipments?from=kilju")} == {"kilju"}


@pytest.mark.parametrize("column", ["price", "nothing", "county "])
def test_what_is_no_key_column_is_no_filter(client: TestClient, plan: str, column: str) -> None:
    refused = assert_problem(client.get(f"{plan}/tables/supply", params={column: "1"}), 422)
    assert paths(refused["errors"]) == {f"query/{column}"}


def test_rows_are_sorted_by_columns_either_way(client: TestClient, plan: str) -> None:
    everything = rows(client, f"{plan}/tables/supply")
    requested = rows(client, f"{plan}/tables/supply?sort=item,-shortage")
    assert requested == sorted(everything, key=lambda row: (row["item"], -row["shortage"]))
    assert rows(client, f"{plan}/tables/supply?sort=item&sort=-shortage") == requested
    assert_problem(client.get(f"{plan}/tables/supply?sort=-nothing"), 422, "unknown_column")


def test_columns_are_chosen_in_the_requested_order(client: TestClient, plan: str) -> None:
    page = client.get(f"{plan}/tables/shipments?columns=to,from&columns=tonnes").json()
    assert all(list(row) == ["to", "from", "tonnes"] for row in page["rows"])
    assert client.get(f"{plan}/tables/shipments?columns=to,from&format=csv").text.startswith('"to","from"\n')
    assert_problem(client.get(f"{plan}/tables/shipments?columns=to,nothing"), 422, "unknown_column")


def test_columns_and_rows_hold_the_same(client: TestClient, plan: str) -> None:
    told = rows(client, f"{plan}/tables/quotas")
    page = client.get(f"{plan}/tables/quotas?layout=columns").json()
    assert "rows" not in page
    assert page["columns"] == {name: [row[name] for row in told] for name in told[0]}


def test_pages_join_to_the_whole(client: TestClient, plan: str) -> None:
    everything = rows(client, f"{plan}/tables/supply?sort=-price")
    address: str | None = f"{plan}/tables/supply?sort=-price&limit=5"
    gathered: Rows = []
    while address:
        answer = client.get(address)
        page = answer.json()
        assert page["total"] == len(everything)
        assert page["offset"] == len(gathered)
        gathered += page["rows"]
        address = page["next"]
        assert answer.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
    assert gathered == everything
    assert rows(client, f"{plan}/tables/supply?offset=100000") == []


def test_a_page_is_as_long_as_the_settings_allow(client: TestClient, plan: str) -> None:
    assert client.get(f"{plan}/tables/supply?limit=5000").status_code == 200
    assert paths(assert_problem(client.get(f"{plan}/tables/supply?limit=5001"), 422, "above_limit")["errors"]) == {
        "query/limit"
    }
    assert client.get(f"{plan}/tables/supply?limit=5001&format=csv").status_code == 200
    cut = client.get(f"{plan}/tables/supply?format=csv&offset=1&limit=2").text
    assert len(cut.splitlines()) == 3


def test_who_has_an_answer_is_not_sent_it_again(client: TestClient, plan: str) -> None:
    tag = client.get(f"{plan}/tables/quotas").headers["etag"]
    assert client.get(f"{plan}/tables/quotas", headers={"If-None-Match": tag}).status_code == 304
    for other in ("?limit=1", "?format=csv", "?item=soap"):
        answer = client.get(f"{plan}/tables/quotas{other}", headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["etag"] != tag


def test_tables_of_no_plan_and_no_table_are_404(client: TestClient, plan: str) -> None:
    assert_problem(client.get("/v1/plans/none/tables/quotas"), 404)
    assert_problem(client.get(f"{plan}/nothing"), 404)
