"""MkDocs hook: generate reference pages from the code, complete the navigation, and convert equations to MathML.

Generated pages exist in the built site only, so they cannot differ from the code.
"""

import html
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import typer
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pydantic.fields import FieldInfo

from models.analyses.tables import BACKTEST_TABLES, RANGES_TABLES, STUDY_TABLES
from models.base import Frozen
from models.outputs import OUTPUT_CODES
from models.sheets import SHEET_CODES, SHEET_LAYOUTS
from models.tables import TABLE_SCHEMAS
from models.validation.finding_codes import FINDING_CODES
from service.cli import app
from service.core.errors import ApiError
from service.core.settings import Settings

ROOT = Path(__file__).parent.parent
Json = dict[str, Any]
ANALYSIS_TABLES: dict[str, dict[str, type[Frozen]]] = {
    "studies": STUDY_TABLES,
    "ranges": RANGES_TABLES,
    "backtests": BACKTEST_TABLES,
}
ANALYSIS_GUIDES = {
    "studies": "../how-to/study-what-is-not-known.md",
    "ranges": "../how-to/ask-what-is-left-open.md",
    "backtests": "../how-to/backtest-a-way-of-planning.md",
}


def format_table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Format a Markdown table; line breaks and bars inside cells are escaped."""

    def format_row(cells: Iterable[object]) -> str:
        return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"

    titles = list(header)
    return [format_row(titles), format_row("---" for _ in titles), *map(format_row, rows), ""]


def build_settings_page() -> str:
    """List every setting with its default and its meaning."""

    def describe_default(field: FieldInfo) -> str:
        if field.default_factory is not None:
            return "number of cores"
        return "" if field.default is None else f"`{field.default}`"

    rows = [
        (f"`ALLOT_{name.upper()}`", describe_default(field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Set every setting by an environment variable.",
            "With `ALLOT_SECRETS_DIR`, it may also be a file in that folder, named like the variable in small letters.",
            "The defaults suit one machine and one planner.",
            "[Run with PostgreSQL](../how-to/run-with-postgresql.md) explains how the settings work together.",
            "",
            *format_table(("variable", "default", "meaning"), rows),
        ]
    )


def build_tables_page() -> str:
    """List the columns of every table of plans and analyses, and of every province sheet."""
    lines = [
        "# Tables and columns",
        "",
        "A finished plan has these tables, at `/v1/plans/{plan}/tables/{table}`.",
        "Each description states the unit of its column.",
        "[Download tables](../how-to/download-tables.md) explains formats and filters.",
        "",
    ]
    for name, schema in TABLE_SCHEMAS.items():
        lines += _describe_table(f"## {name}", schema)
    for kind, schemas in ANALYSIS_TABLES.items():
        address = f"/v1/{kind}/{{id}}/tables/{{table}}"
        lines += [
            f"## Tables of {kind}",
            "",
            f"[A finished one]({ANALYSIS_GUIDES[kind]}) has these, at `{address}`.",
            "",
        ]
        for name, schema in schemas.items():
            lines += _describe_table(f"### {kind}: {name}", schema)
    lines += [
        "## Sheets of a province",
        "",
        "A workbook or a folder of CSV files holds a province in these sheets.",
        "",
    ]
    for layout in SHEET_LAYOUTS:
        rows = [
            (f"`{column.name}`", "by period" if column.by_period else "", column.description)
            for column in layout.columns
        ]
        lines += [f"### Sheet {layout.name}", "", layout.description, ""]
        lines += format_table(("column", "", "meaning"), rows)
    return "\n".join(lines)


def _describe_table(heading: str, schema: type[Frozen]) -> list[str]:
    rows = [
        (f"`{column.rstrip('_')}`", _describe_annotation(field.annotation), field.description)
        for column, field in schema.model_fields.items()
    ]
    return [heading, "", schema.__doc__ or "", "", *format_table(("column", "type", "meaning"), rows)]


def _describe_annotation(annotation: object) -> str:
    names = {str: "text", float: "number", int: "integer", bool: "true or false"}
    return names.get(annotation, "number or null")  # type: ignore[call-overload,no-any-return]


def build_errors_page() -> str:
    """List the codes of findings and the errors of the API."""
    errors = sorted(_list_subclasses(ApiError), key=lambda error: (error.status, error.code))
    return "\n".join(
        [
            "# Error and finding codes",
            "",
            "Codes are stable: programs may rely on them.",
            "",
            "## Errors of the API",
            "",
            "Every error is `application/problem+json` (RFC 9457) with the type `urn:allot:` and the code.",
            "",
            *format_table(
                ("status", "code", "title", "meaning"),
                ((error.status, f"`{error.code}`", error.title, error.__doc__) for error in errors),
            ),
            "## Findings about a problem",
            "",
            "An error rejects the problem; a warning does not.",
            "",
            *format_table(
                ("code", "severity", "meaning"),
                ((f"`{code}`", entry.severity, entry.meaning) for code, entry in FINDING_CODES.items()),
            ),
            "## Findings about sheets",
            "",
            *format_table(
                ("code", "severity", "meaning"),
                ((f"`{code}`", entry.severity, entry.meaning) for code, entry in SHEET_CODES.items()),
            ),
            "## Findings about reported outputs",
            "",
            "Every finding about a report is an error.",
            "",
            *format_table(("code", "meaning"), ((f"`{code}`", meaning) for code, meaning in OUTPUT_CODES.items())),
        ]
    )


def _list_subclasses(kind: type[ApiError]) -> list[type[ApiError]]:
    import service.api.app  # noqa: F401 - imports every module that defines an error

    direct = kind.__subclasses__()
    return [*direct, *(deeper for error in direct for deeper in _list_subclasses(error))]


def build_command_line_page() -> str:
    """Describe every command with its arguments and options."""
    lines = [
        "# Command line",
        "",
        "`allot COMMAND --help` prints the same texts.",
        "A source is the name of a built-in province, a JSON file, a workbook, or a zip or folder of CSV files.",
        "",
    ]
    command = typer.main.get_command(app)
    return "\n".join([*lines, *_describe_commands(command, "allot")])


def _describe_commands(command: Any, path: str) -> Iterable[str]:
    for name, member in command.commands.items():
        if hasattr(member, "commands"):
            yield from (f"## {path} {name}", "", member.help or "", "")
            yield from _describe_commands(member, f"{path} {name}")
            continue
        with click.Context(click.Command(name)) as context:
            rows = [_describe_parameter(parameter, context) for parameter in member.params]
        level = "##" if path == "allot" else "###"
        yield from (f"{level} {path} {name}", "", member.help or "", "")
        if rows:
            yield from format_table(("argument or option", "default", "meaning"), rows)


def _describe_parameter(parameter: Any, context: click.Context) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in parameter.opts) if parameter.opts[0].startswith("-") else parameter.name
    default = parameter.get_default(context, call=False)
    shown = "required" if parameter.required else "" if default in (None, False, (), []) else f"`{default}`"
    return (names if names.startswith("`") else f"`{names.upper()}`", shown, getattr(parameter, "help", "") or "")


def build_api_page() -> str:
    """List the operations of the OpenAPI document, by tag."""
    document: Json = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    lines = [
        "# HTTP API",
        "",
        "This page lists the operations of [openapi.json](../openapi.json), the OpenAPI document of the service.",
        "The service shows the same document with examples at `/docs`.",
        "",
    ]
    operations: dict[str, list[tuple[str, str, Json]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "operationId" in operation:
                operations.setdefault(operation.get("tags", ["other"])[0], []).append((method, path, operation))
    for tag, members in operations.items():
        lines += [f"## {tag}", ""]
        for method, path, operation in members:
            lines += [
                f"### {operation['summary']}",
                "",
                f"`{method.upper()} {path}` (`{operation['operationId']}`)",
                "",
            ]
            lines += [operation.get("description", ""), "", *_describe_operation(operation)]
    return "\n".join([*lines, "## Schemas", "", *_describe_schemas(document["components"]["schemas"])])


def _describe_operation(operation: Json) -> Iterable[str]:
    parameters = [entry for entry in operation.get("parameters", ()) if "name" in entry]
    if parameters:
        yield from format_table(
            ("parameter", "in", "meaning"),
            ((f"`{entry['name']}`", entry["in"], entry.get("description", "")) for entry in parameters),
        )
    bodies = operation.get("requestBody", {}).get("content", {})
    if bodies:
        yield from ("Request body: " + ", ".join(f"`{kind}` {_name_type(body)}" for kind, body in bodies.items()), "")
    answers = operation["responses"].items()
    yield from format_table(
        ("status", "meaning", "body"),
        ((status, answer.get("description", ""), _name_body(answer)) for status, answer in answers),
    )


def _name_body(answer: Json) -> str:
    return ", ".join(dict.fromkeys(_name_type(body) for body in answer.get("content", {}).values() if body))


def _name_type(body: Json) -> str:
    schema = body.get("schema", body)
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#schema-{name.lower()})"
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(dict.fromkeys(_name_type(member) for member in schema[union]))
    if schema.get("type") == "array":
        return "list of " + _name_type(schema.get("items", {}))
    return str(schema.get("type", schema.get("const", "any value")))


def _describe_schemas(schemas: Json) -> Iterable[str]:
    for name, schema in sorted(schemas.items()):
        yield from (f"### {name} {{ #schema-{name.lower()} }}", "", schema.get("description", ""), "")
        fields = schema.get("properties", {})
        if fields:
            yield from format_table(
                ("field", "type", "meaning"),
                ((f"`{key}`", _name_type(field), field.get("description", "")) for key, field in fields.items()),
            )


PAGES: dict[str, Callable[[], str]] = {
    "reference/api.md": build_api_page,
    "reference/command-line.md": build_command_line_page,
    "reference/tables.md": build_tables_page,
    "reference/errors.md": build_errors_page,
    "reference/settings.md": build_settings_page,
}
"""Generated pages: address in the site, and the function that builds the text."""

LISTED_FOLDERS = {"Formulation": "formulation", "Decisions": "decisions"}
"""Sections of the navigation that list every page of a folder."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Complete the navigation with every page of the listed folders."""
    for section in config.nav or []:
        for title, folder in LISTED_FOLDERS.items():
            if title in section:
                pages = sorted(
                    (ROOT / "docs" / folder).glob("*.md"), key=lambda page: (page.stem != "index", page.stem)
                )
                section[title] = [f"{folder}/{page.name}" for page in pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to the site."""
    for address, build_page in PAGES.items():
        files.append(File.generated(config, address, content=build_page()))
    return files


EQUATION = re.compile(r'<(span|div) class="arithmatex">(.+?)</\1>', re.DOTALL)
"""An equation as `pymdownx.arithmatex` writes it, between `\\(` and `\\)` or `\\[` and `\\]`."""


def on_page_content(content: str, **_: object) -> str:
    """Convert equations to MathML, which browsers show without scripts or fonts."""

    def convert_equation(match: re.Match[str]) -> str:
        latex = html.unescape(match[2]).strip()[2:-2].strip()
        return convert(latex, display="inline" if match[1] == "span" else "block")

    return EQUATION.sub(convert_equation, content)
