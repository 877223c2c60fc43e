"""The settings: defaults, each variable, and errors that name the variable."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from cds_service import config
from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.errors import ConfigurationError


def test_nothing_set_gives_the_defaults() -> None:
    """An empty environment is the documented default."""
    assert Settings.from_environment({}) == Settings()


def test_every_variable_is_read() -> None:
    """One environment that sets them all."""
    settings = Settings.from_environment(
        {
            "CDS_HOST": "0.0.0.0",
            "CDS_PORT": "9090",
            "CDS_ALLOW_ANONYMOUS": "true",
            "CDS_DEVELOPMENT": "TRUE",
            "CDS_PUBLIC_URL": "https://cds.example/",
            "CDS_CLIENTS_FILE": "clients.json",
            "CDS_CORS_ORIGINS": "https://ehr.example",
            "CDS_FETCH_DEADLINE": "2.5",
            "CDS_DATABASE_URL": "postgresql+psycopg://cds@db/cds",
            "CDS_AUDIT_KEY": "a long secret",
            "CDS_TERMINOLOGY_DIR": "codes",
            "CDS_FHIR_SERVERS": "https://ehr.example/fhir/, https://other.example/r4",
            "CDS_PREFETCH": "light",
            "CDS_PLAN_NAME": "Example Health Plan",
            "CDS_POLICY_URL": "https://plan.example/policies/CP.PHAR.599",
            "CDS_LABEL_CHANGED_ON": "2026-09-30",
            "CDS_FORMULARY": "commercial=listed,medicaid=unlisted",
            "CDS_PAYERS": "Sunshine Health=medicaid",
            "CDS_SERVICES": "kresladi-order-sign",
            "CDS_TRY_IT": "true",
            "CDS_STORIES_DIR": "stories",
            "CDS_INSIGHTS_TOKEN": "a secret that nobody is going to guess",
        }
    )
    assert settings == Settings(
        host="0.0.0.0",
        port=9090,
        allow_anonymous=True,
        development=True,
        public_url="https://cds.example",
        clients_file=Path("clients.json"),
        cors_origins=("https://ehr.example",),
        fetch_deadline=2.5,
        database_url="postgresql+psycopg://cds@db/cds",
        audit_key="a long secret",
        terminology_dir=Path("codes"),
        fhir_servers=frozenset({"https://ehr.example/fhir", "https://other.example/r4"}),
        prefetch="light",
        plan_name="Example Health Plan",
        policy_url="https://plan.example/policies/CP.PHAR.599",
        label_changed_on=date(2026, 9, 30),
        formulary={"commercial": True, "medicaid": False},
        payers={"sunshine health": "medicaid"},
        services=("kresladi-order-sign",),
        try_it=True,
        stories_dir=Path("stories"),
        insights_token="a secret that nobody is going to guess",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CDS_PORT", "http"),
        ("CDS_PORT", "0"),
        ("CDS_PORT", "70000"),
        ("CDS_FETCH_DEADLINE", "soon"),
        ("CDS_FETCH_DEADLINE", "0"),
        ("CDS_FETCH_DEADLINE", "31"),
        ("CDS_PUBLIC_URL", "cds.example"),
        ("CDS_ALLOW_ANONYMOUS", "yes"),
        ("CDS_PREFETCH", "some"),
        ("CDS_POLICY_URL", "plan.example"),
        ("CDS_LABEL_CHANGED_ON", "30.09.2026"),
        ("CDS_FORMULARY", "commercial=maybe"),
        ("CDS_FORMULARY", "medicare=listed"),
        ("CDS_PAYERS", "Sunshine Health=hmo"),
        ("CDS_SERVICES", "another-service"),
        ("CDS_TRY_IT", "yes"),
        ("CDS_INSIGHTS_TOKEN", "too-short"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(variable: str, value: str) -> None:
    """The error names the variable, so that whoever set it finds it."""
    with pytest.raises(ConfigurationError, match=variable):
        Settings.from_environment({variable: value})


def test_the_service_does_not_start_for_anybody_by_accident() -> None:
    """Anonymous use has to be asked for by name."""
    with pytest.raises(ConfigurationError, match="CDS_ALLOW_ANONYMOUS"):
        create_app(Settings())
    assert create_app(Settings(allow_anonymous=True))


def test_every_variable_is_documented() -> None:
    """The module's table and the README name each variable that is read."""
    source = Path(config.__file__).read_text()
    read = set(re.findall(r"read\.\w+\(\s*\"(CDS_[A-Z_]+)\"", source))
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    assert len(read) == 28
    for variable in read:
        assert f"`{variable}`" in (config.__doc__ or ""), variable
        assert f"`{variable}`" in readme, variable
