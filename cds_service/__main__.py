"""The command line: `cds-service serve`, `evaluate`, `policy`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from cds_service.app import create_app, offer_of
from cds_service.config import Settings
from cds_service.errors import ConfigurationError, KresladiError
from cds_service.hooks.routes import Offer, answer
from cds_service.policy.kresladi import policy
from cds_service.printing import print_answer, print_policy
from cds_service.whole_bundle import request_of

UNUSABLE_INPUT = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Hold a chart against coverage policy CP.PHAR.599 for Kresladi. It shows what is documented; people decide."""


@main.command()
def serve() -> None:
    """Serve CDS Hooks over HTTP (gunicorn), as the environment configures it."""
    from gunicorn.app.wsgiapp import WSGIApplication  # noqa: PLC0415 - only serving needs it, and it costs start-up time

    try:
        settings = Settings.from_environment()
        create_app(settings)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    if settings.development:
        logging.basicConfig(level=logging.INFO)
        logging.getLogger(__name__).warning("DEVELOPMENT MODE: anybody is answered, no token is asked for")
    configuration = Path(__file__).parent / "gunicorn_conf.py"
    sys.argv = ["gunicorn", "--config", f"{configuration}", "cds_service.app:create_app()"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="cds-service").run()


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the service's answer, one JSON document a file.")
@click.option("--why", is_flag=True, help="Show what was looked at and set aside, and why.")
def evaluate(files: tuple[Path, ...], as_json: bool, why: bool) -> None:
    """Evaluate hook requests, or Bundles that hold one Kresladi order and the whole chart.

    Exit status 0 when all was evaluated, 2 for input that is none.
    """
    offer = offer_of(Settings(allow_anonymous=True))
    failed = False
    for file in files:
        try:
            answered = _evaluated(offer, file, why=why)
        except (KresladiError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            click.echo(f"{file}: {reason}", err=True)
            failed = True
            continue
        if as_json:
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(answered), indent=2).decode() + "\n")
        else:
            print_answer(Console(), str(file), answered)
    sys.exit(UNUSABLE_INPUT if failed else 0)


def _evaluated(offer: Offer, file: Path, *, why: bool) -> dict[str, Any]:
    """The service's answer to a file. Raises KresladiError, or OSError where it cannot be read."""
    body = request_of(file.read_bytes(), explain=why)
    hook = msgspec.json.decode(body, type=_Hook).hook
    service = next((each for each in offer.services if each.hook == hook), offer.services[0])
    return answer(offer, service, body)


class _Hook(msgspec.Struct):
    hook: Any = None


@main.command("policy")
def show_policy() -> None:
    """Print the policy's clauses as a reviewer reads them, with our readings."""
    print_policy(Console(), policy)


if __name__ == "__main__":
    main()
