"""The command line: `cds-service serve`, `evaluate`, `policy`, `feedback`, `terminology check`."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from cds_service.app import create_app, offer_of
from cds_service.config import SERVICES, Settings
from cds_service.errors import KresladiError
from cds_service.fhir.site_codes import added_by, count, files_in, passed_over
from cds_service.fhir.site_codes import check as problems_in
from cds_service.hooks.offer import Offer, answer
from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from cds_service.printing import print_answers, print_label, print_policy
from cds_service.store.engine import is_there
from cds_service.store.report import report
from cds_service.store.store import Store
from cds_service.store.views import as_csv, as_json, as_table
from cds_service.whole_bundle import request_of

UNUSABLE_INPUT = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Hold a chart against coverage policy CP.PHAR.599 for Kresladi. It shows what is documented; people decide."""


@main.command()
def serve() -> None:
    """Serve CDS Hooks over HTTP (gunicorn), as the environment configures it."""
    try:
        settings = Settings.from_environment()
        create_app(settings)
    except KresladiError as error:
        raise click.ClickException(str(error)) from None
    if settings.development:
        click.echo(f"DEVELOPMENT MODE at http://{settings.host}:{settings.port}: anybody is answered", err=True)
    os.environ["WEB_CONCURRENCY"] = str(settings.workers)  # gunicorn reads it too, and takes nothing but a number
    # A process of its own, in which gunicorn's configuration comes before everything else.
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:cds_service.gunicorn_conf"]
    os.execv(sys.executable, gunicorn)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the service's answer, one JSON document a file.")
@click.option("--why", is_flag=True, help="Show what was looked at and set aside, and why.")
@click.option(
    "--service",
    "chosen",
    type=click.Choice(SERVICES),
    help="Ask this service alone. By default each that the file's hook calls; with --json the first of them.",
)
def evaluate(files: tuple[Path, ...], as_json: bool, why: bool, chosen: str | None) -> None:
    """Evaluate hook requests, or Bundles that hold one Kresladi order and the whole chart.

    Exit status 0 when all was evaluated, 2 for input that is none.
    """
    offer = offer_of(Settings(allow_anonymous=True, services=(chosen,) if chosen else SERVICES))
    failed = False
    for file in files:
        try:
            answers = _answers(offer, file, why=why, first_only=as_json)
        except (KresladiError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            click.echo(f"{file}: {reason}", err=True)
            failed = True
            continue
        if as_json:
            sys.stdout.write(msgspec.json.format(_json.encode(answers[0]), indent=2).decode() + "\n")
        else:
            print_answers(Console(), str(file), answers)
    sys.exit(UNUSABLE_INPUT if failed else 0)


def _answers(offer: Offer, file: Path, *, why: bool, first_only: bool) -> list[dict[str, Any]]:
    """What the services of its hook answer to a file. Raises KresladiError, or OSError where it cannot be read."""
    body = request_of(file.read_bytes(), explain=why)
    hook = msgspec.json.decode(body, type=_Hook).hook
    called = [each for each in offer.services if each.hook == hook] or [*offer.services[:1]]
    return [answer(offer, service, body) for service in (called[:1] if first_only else called)]


_json = msgspec.json.Encoder(decimal_format="number")


class _Hook(msgspec.Struct):
    hook: Any = None


@main.command()
@click.option("--csv", "as_what", flag_value="csv", help="Print comma-separated values.")
@click.option("--json", "as_what", flag_value="json", help="Print JSON.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day (UTC).")
@click.option("--by", type=click.Choice(["month", "day"]), default="month", show_default=True)
def feedback(as_what: str | None, since: datetime | None, until: datetime | None, by: str) -> None:
    """Report what became of the cards: shown, accepted, overridden and why, by topic and period."""
    if since and until and until < since:
        raise click.UsageError("--since is later than --until")
    address = Settings.from_environment().database_url
    try:
        if not is_there(address):
            raise click.ClickException("there is no store yet at CDS_DATABASE_URL, or in this folder without it")
        store = Store(address)
        found = report(store, since.date() if since else None, until.date() if until else None, by)
    except KresladiError as error:
        raise click.ClickException(str(error)) from None
    if as_what is None:
        Console().print(as_table(found))
    else:
        click.echo((as_csv if as_what == "csv" else as_json)(found), nl=False)


@main.group()
def terminology() -> None:
    """A site's own codes."""


@terminology.command()
@click.argument("folder", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Check a folder of ValueSets as the service would at its start. Exit status 1 where it cannot be used."""
    problems = problems_in(folder)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    for file in files_in(folder):
        added = added_by(file)
        click.echo(f"{file.name}: adds {count(added)} to {added['id']}")
    for file in passed_over(folder):
        click.echo(f"{file.name}: not read, its name does not end in .json")


@main.command("policy")
def show_policy() -> None:
    """Print the policy's clauses, and the label's around the infusion, as a reviewer reads them, with our readings."""
    console = Console()
    print_policy(console, policy)
    print_label(console, label)


if __name__ == "__main__":
    main()
