"""Settings are read strictly; what is wrong is said in one line that helps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.context.context import open_context, read_recipients, recipient_warnings
from flows.settings import load
from flows.settings.load import SettingsError

EMAIL = '[email]\nserver = "smtp.example.gov.uk"\nsender = "a@example.gov.uk"\n'
PERSON = '[[recipients]]\nname = "scrutiny"\nemail = "s@example.gov.uk"\n'
PREFECT = '[prefect]\napi_url = "https://prefect.example/api"\n'

WRONG = {  # settings: the line that says so, after the file's name
    'data_dirr = "x"': "data_dirr: unknown field; did you mean 'data_dir'?",
    "zzz = 1": "zzz: unknown field; known fields: allow_private, ca_file,",
    "[ofsted]\ngapp = 1": "ofsted.gapp: unknown field; did you mean 'gap'?",
    '[ofsted]\ngap = "fast"': (
        "ofsted.gap: input should be a valid number (found 'fast'); "
        "give seconds between requests, such as 1.0"
    ),
    "[ofsted]\ngap = -1": "ofsted.gap: input should be greater than or equal to 0 (found -1)",
    '[ofsted]\nreports = "ofsted"': "ofsted.reports: 'ofsted' does not begin with https://",
    '[prefect]\napi_url = "prefect.example/api"': (
        "prefect.api_url: 'prefect.example/api' does not begin with https://; give the address of"
    ),
    '[prefect]\nauth_file = "login"': "prefect: a login is given without api_url; give the addre",
    f'{PREFECT}auth_file = "login"\napi_key_env = "KEY"': (
        "prefect: give an API key (Prefect Cloud) or a login, not both"
    ),
    f'{PREFECT}[ui]\nauth = "me:s3cret"': (
        "[ui] has the login of a server that `up` starts, and [prefect] api_url names another one;"
    ),
    '[prefect]\nwork_pool = "our/pool"': "prefect.work_pool: 'our/pool' is not the name of a work",
    '[prefect]\nwork_pool = "prefect-pool"': "begins with `prefect`, which Prefect keeps for its",
    '[ui]\nurl = "https://me:s3cret@prefect.example"': "ui.url: contains a user name; give the",
    '[website]\nurl = "https://a.example/?page=1"': (
        "website.url: 'https://a.example/?page=1' has a part that begins with ? or #; give the "
    ),
    '[website]\nurl = "https://a.example/our reports"': (
        "website.url: 'https://a.example/our reports' has spaces, quotes or letters outside ASCII"
    ),
    '[website]\nurl = "https://b\u00fccher.example"': "has spaces, quotes or letters outside ASCII",
    '[website]\nurl = "https:///reports"': "'https:///reports' has no valid host or port; give",
    '[website]\nurl = "https://a.example:99999"': "has no valid host or port; give the address at",
    f'[website]\nurl = "https://a.example/{"a" * 300}"': "has more than 250 characters; give the",
    "import_seeds = 1": "import_seeds: input should be a valid boolean (found 1); give true or f",
    'allow_private = "yes"': "allow_private: input should be a valid boolean",
    '[[watch]]\nurn = "sutton"': "watch.0.urn: 'sutton' is not a URN; give the URN in the address",
    "[[watch]]\nurn = 80515\ncode = 0": "watch.0.code: input should be greater than or equal to 1",
    "watch = []": "watch: ",
    '[schedule]\nchecks = ["often"]': (
        "schedule.checks.0: 'often' is not a cron expression (Wrong number of fields); give a list"
    ),
    '[schedule]\ntimezone = "Mars/Phobos"': "schedule.timezone: 'Mars/Phobos' is not a time zone",
    '[email]\nserver = "x"': "email.sender: missing; give who it comes from",
    f'{EMAIL}port = "587"': "email.port: input should be a valid integer (found '587'); give",
    f'{EMAIL}security = "ssl"': "email.security: input should be 'starttls', 'tls' or 'none'",
    PERSON: "recipient 'scrutiny' has an email address, but there is no [email] table; add one",
    '[[recipients]]\nname = "a"': "recipient 'a' has none; give exactly one of email, teams",
    f'{EMAIL}{PERSON}teams = "https://x"': "recipient 'scrutiny' has email and teams; give exactly",
    f"{EMAIL}{PERSON}{PERSON}": "recipients: name: scrutiny given more than once",
    f'{EMAIL}{PERSON}alert_on = "some"': "recipients.0.alert_on: input should be 'all', 'changes' ",
    f'{EMAIL}{PERSON}audience = "all"': "recipients.0.audience: input should be 'readers' or 'oper",
    f"{EMAIL}{PERSON}authorities = [80456]": "authorities: 80456 is not watched; add a [[watch]]",
    "data_dir = ": "is not valid TOML: ",
    'email = "smtp://me:s3cret@smtp.example"': "email: input should be a table; give an [email] ta",
    "recipients = 1": "recipients: input should be a list; give [[recipients]] tables",
    "watch = [80515]": "watch.0: input should be a table; give [[watch]] tables",
    "[ofsted]\ngap = nan": "ofsted.gap: input should be greater than or equal to 0 (found nan)",
    "[ofsted]\ntimeout = true": "ofsted.timeout: input should be a valid number (found True)",
    "database = 5": "database: input should be a valid string; give an SQLAlchemy address",
}

OLD = {  # settings of the first version: the whole line after the file's name
    'public_url = "https://watch.example.gov.uk"': "public_url: public_url is now url in [ui]",
    "[site]\ngap = 1.0": "site: [site] is now [ofsted]",
    EMAIL.replace("[email]", "[mail]"): "mail: [mail] is now [email]",
    '[schedule]\nlooks = ["0 8 * * *"]': "schedule.looks: looks is now checks",
    f'{EMAIL}{PERSON}hears = "all"': "recipients.0.hears: hears is now alert_on",
    f'{EMAIL}{PERSON}when = "daily 08:00"': "recipients.0.when: when is now frequency",
    f"{EMAIL}{PERSON}sign_of_life = false": (
        "recipients.0.sign_of_life: sign_of_life is now quiet_notice"
    ),
    f'{EMAIL}{PERSON}alert_on = "changed"': 'recipients.0.alert_on: "changed" is now "changes"',
    f'{EMAIL}{PERSON}alert_on = "declined"': 'recipients.0.alert_on: "declined" is now "concerns"',
    f'{EMAIL}{PERSON}frequency = "at once"': 'recipients.0.frequency: "at once" is now "immediate"',
}


@pytest.fixture
def read(tmp_path):
    """Read these settings."""

    def read(text: str, mode: int = 0o600):
        file = tmp_path / "ofsted-watch.toml"
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return load.load(str(file))

    return read


def _refused(read, text):
    with pytest.raises(SettingsError) as refusal:
        open_context(read(text))
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_file_field_and_what_would_be_right(read, tmp_path, text):
    said = _refused(read, text)
    assert said.startswith(f"{tmp_path / 'ofsted-watch.toml'}: ")
    assert WRONG[text] in said
    assert "s3cret" not in said


@pytest.mark.parametrize("text", OLD)
def test_a_name_of_the_first_version_is_refused_with_the_new_one(read, tmp_path, text):
    assert _refused(read, text) == f"{tmp_path / 'ofsted-watch.toml'}: {OLD[text]}"


def test_an_old_name_is_said_before_anything_else_that_is_wrong(read):
    said = _refused(read, f"zzz = 1\n{EMAIL}{PERSON}hears = 'all'")
    assert said.endswith("recipients.0.hears: hears is now alert_on (and 1 more)")


def test_several_errors_are_counted(read):
    assert _refused(read, "a = 1\nb = 2\nc = 3").endswith(" (and 2 more)")
    assert "more)" not in _refused(read, '[[watch]]\nname = "a council"')


def test_a_file_that_was_named_and_is_not_there_says_how_to_write_one(tmp_path):
    with pytest.raises(SettingsError, match=r"file not found; `ofsted-watch init .* creates"):
        load.load(str(tmp_path / "none.toml"))


def test_a_file_that_is_no_text_or_a_folder_is_refused(tmp_path):
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load.load(str(file))
    with pytest.raises(SettingsError, match="not a file; give the path of a settings file"):
        load.load(str(tmp_path))


def test_without_a_file_sutton_is_watched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load.load()
    (sutton,) = settings.watch
    assert (sutton.urn, sutton.code, sutton.name) == ("80515", 44, "London Borough of Sutton")
    assert settings.schedule.checks == ("*/15 7-19 * * mon-fri", "10 5,21 * * *")
    assert (settings.schedule.timezone, settings.ofsted.gap) == ("Europe/London", 1.0)
    assert (settings.import_seeds, settings.allow_private) == (True, False)
    assert settings.database_address == f"sqlite:///{tmp_path}/data/ofsted-watch.sqlite"


def test_settings_files_are_searched_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named, variable, beside = (tmp_path / name for name in ("a", "b", "ofsted-watch.toml"))
    for file in (named, variable, beside):
        file.write_text(f'contact = "{file.name}"')
    assert load.load().contact == "ofsted-watch.toml"
    monkeypatch.setenv("OFSTED_WATCH_CONFIG", str(variable))
    assert load.load().contact == "b"
    assert load.load(str(named)).contact == "a"


def test_relative_paths_start_at_the_file(read, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    settings = read('data_dir = "mine"\nca_file = "ca.pem"')
    assert settings.data == tmp_path / "mine"
    assert settings.authority_file == tmp_path / "ca.pem"


def test_the_environment_wins_over_the_file(read, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_OFSTED__GAP", "2.5")
    monkeypatch.setenv("OFSTED_WATCH_IMPORT_SEEDS", "false")
    monkeypatch.setenv("OFSTED_WATCH_WATCH", '[{"urn": 80456}]')
    settings = read("[ofsted]\ngap = 1.0\ntimeout = 5.0")
    assert (settings.ofsted.gap, settings.ofsted.timeout) == (2.5, 5.0)
    assert settings.import_seeds is False
    assert [authority.urn for authority in settings.watch] == ["80456"]


def test_the_text_of_a_variable_stands_for_what_its_field_takes(read, monkeypatch):
    for variable, text in {
        "OFSTED_WATCH_ALLOW_PRIVATE": "Yes",
        "ofsted_watch_ofsted": '{"gap": "2.5", "timeout": 9}',
        "OFSTED_WATCH_OFSTED__TIMEOUT": "5",
        "OFSTED_WATCH_EMAIL__PORT": "25",
        "OFSTED_WATCH_SCHEDULE__CHECKS": "[]",
        "OFSTED_WATCH_RECIPIENTS": '[{"name": "a", "teams": "b", "email": null}]',
        "OFSTED_WATCH_WATCH": "null",
    }.items():
        monkeypatch.setenv(variable, text)
    settings = read(f"{EMAIL}{PERSON}")
    assert settings.allow_private is True
    assert (settings.ofsted.gap, settings.ofsted.timeout) == (2.5, 5.0)
    assert settings.email.port == 25
    assert settings.schedule.checks == ()
    assert [each.address_field for each in settings.recipients] == ["teams"]
    assert [each.urn for each in settings.watch] == ["80515"]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("OFSTED_WATCH_DATADIR", "x", "unknown field; did you mean OFSTED_WATCH_DATA_DIR?"),
        ("OFSTED_WATCH_OFSTED__GAPP", "1", "ofsted.gapp: unknown field; did you mean 'gap'?"),
        ("OFSTED_WATCH_OFSTED__GAP", "fast", "ofsted.gap: input should be a valid number"),
        ("OFSTED_WATCH_PUBLIC_URL", "https://x", "PUBLIC_URL: public_url is now url in [ui]"),
        ("OFSTED_WATCH_SITE__GAP", "1", "OFSTED_WATCH_SITE__GAP: [site] is now [ofsted]"),
        ("OFSTED_WATCH_SCHEDULE__LOOKS", "[]", "schedule.looks: looks is now checks"),
        ("OFSTED_WATCH_OFSTED", "fast", "give JSON for lists and tables"),
        ("OFSTED_WATCH_SCHEDULE__CHECKS", "0 8 * * *", "CHECKS: is not JSON; give JSON for lists"),
        ("OFSTED_WATCH_RECIPIENTS__0__NAME", "x", "recipients: input should be a list; give [["),
        ("OFSTED_WATCH_IMPORT_SEEDS", "maybe", "import_seeds: input should be a valid boolean (f"),
        ("OFSTED_WATCH_NOTHING_LIKE_IT", "1", "OFSTED_WATCH_NOTHING_LIKE_IT: unknown field"),
    ],
)
def test_variables_that_are_not_understood_are_refused(read, monkeypatch, variable, value, words):
    monkeypatch.setenv(variable, value)
    said = _refused(read, "")
    assert said.startswith("environment")
    assert words in said


def test_a_urn_may_be_a_number_or_have_letters(read):
    settings = read('[[watch]]\nurn = 80515\n[[watch]]\nurn = "SC012345"\nname = "A home"')
    assert [(authority.urn, authority.name) for authority in settings.watch] == [
        ("80515", "provider 80515"),
        ("SC012345", "A home"),
    ]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://example.gov.uk/ofsted/", "https://example.gov.uk/ofsted"),
        ("https://example.gov.uk//", "https://example.gov.uk"),
        *((each, each) for each in ("http://intranet.council.local/a", "https://[::1]:4280")),
        *((each, each) for each in ("https://example.gov.uk/a%20b", "")),
    ],
)
def test_the_address_of_a_site_is_taken_without_its_last_slash(read, given, taken):
    assert read(f'[website]\nurl = "{given}"').website.url == taken


def test_secrets_come_from_the_variable_the_file_or_the_settings(read, tmp_path, monkeypatch):
    monkeypatch.setenv("HOOK", "https://hooks.example.gov.uk/a")
    (tmp_path / "hook").write_text("https://hooks.example.gov.uk/b\n")
    table = '[[recipients]]\nname = "{0}"\n{1} = "{2}"\n'
    text = "allow_private = true\n" + "".join(
        table.format(*each)
        for each in (
            ("a", "teams_env", "HOOK"),
            ("b", "teams_file", "hook"),
            ("c", "teams", "https://hooks.example.gov.uk/c"),
        )
    )
    addresses = [each.address for each in read_recipients(read(text))]
    assert [address[-1] for address in addresses] == ["a", "b", "c"]


@pytest.mark.parametrize("field", ['database_env = "ADDRESS"', 'database_file = "address"'])
def test_the_address_of_the_database_may_be_kept_elsewhere(read, tmp_path, monkeypatch, field):
    address = "postgresql://watch:s3cret@db.example.gov.uk/watch"
    monkeypatch.setenv("ADDRESS", address)
    (tmp_path / "address").write_text(f"{address}\n")
    settings = read(f"{field}\n{EMAIL}{PERSON}", 0o644)
    assert settings.database_address == address
    assert "s3cret" not in repr(settings)
    assert list(load.warnings(settings)) == []


@pytest.mark.parametrize("field", ['heartbeat_env = "ADDRESS"', 'heartbeat_file = "address"'])
def test_the_heartbeats_address_may_be_kept_elsewhere(read, tmp_path, monkeypatch, field):
    address = "https://pulse.example.org/s3cret"
    monkeypatch.setenv("ADDRESS", address)
    (tmp_path / "address").write_text(f"{address}\n")
    settings = read(f"{field}\n{EMAIL}{PERSON}", 0o644)
    assert settings.heartbeat == address
    assert "s3cret" not in repr(settings)
    assert list(load.warnings(settings)) == []
    (tmp_path / "address").write_text("s3cret")
    monkeypatch.setenv("ADDRESS", "s3cret")
    with pytest.raises(load.SettingsError, match=r"^heartbeat: (?!.*s3cret).*https"):
        read(field)


def test_an_address_of_the_database_that_is_not_there_stops_at_the_start(read):
    with pytest.raises(load.SettingsError, match=r"database: .*not-there cannot be read"):
        read('database_file = "not-there"')


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ('teams_env = "NOT_SET"', "environment variable NOT_SET is not set"),
        ('teams_file = "not-there"', "not-there cannot be read"),
        ('teams_file = "empty"', "empty is empty; put the value in that file"),
        ('teams = "nonsense"', "'x'"),
        ('apprise = "nosuch://s3cret@host"', "'x'"),
        ('apprise = "mailto://a:b@example.org"', "email"),
        ('email = "not an address"', "'x'"),
    ],
)
def test_an_address_that_cannot_be_used_names_the_recipient_and_no_secret(
    read, tmp_path, field, words
):
    (tmp_path / "empty").write_text("\n")
    said = _refused(read, f'{EMAIL}[[recipients]]\nname = "x"\n{field}')
    assert words in said
    assert "s3cret" not in said


def test_a_missing_email_password_stops_at_the_start(read):
    said = _refused(read, f'{EMAIL}username = "me"\npassword_env = "NOT_SET"\n{PERSON}')
    assert "email: password: environment variable NOT_SET is not set" in said


def test_a_sender_that_is_no_address_stops_at_the_start(read):
    assert "email.sender" in _refused(read, EMAIL.replace("a@example.gov.uk", "nobody") + PERSON)


def test_a_frequency_that_is_none_is_refused_in_words(read):
    said = _refused(read, f'{EMAIL}{PERSON}frequency = "every hour"')
    assert "recipients" in said
    assert "frequency: 'every hour' is not a valid frequency" in said
    assert '"immediate", "hourly", "daily 08:00" or "weekly monday 08:00"' in said
    for frequency in ("hourly", "weekly friday 16:30"):
        accepted = read(f'{EMAIL}{PERSON}frequency = "{frequency}"')
        assert accepted.recipients[0].frequency == frequency


def test_secrets_are_never_shown(read):
    settings = read(
        f'{EMAIL}password = "s3cret"\n[[recipients]]\nname = "a"\nteams = "https://s3cret"'
    )
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(read_recipients(read(f"{EMAIL}{PERSON}")))


def test_a_secret_in_a_file_that_others_can_read_is_warned_of(read):
    text = f'{EMAIL}password = "s3cret"\n{PERSON}'
    assert list(load.warnings(read(text))) == []
    (warning,) = load.warnings(read(text, 0o644))
    in_database = f'database = "postgresql://watch:s3cret@db.example.gov.uk/watch"\n{EMAIL}{PERSON}'
    assert list(load.warnings(read(in_database, 0o644))) == [warning]
    assert "s3cret" not in repr(read(in_database))
    assert "contains secrets and other users can read it; run `chmod 600" in warning


def test_no_recipients_and_no_operators_are_warned_of(read, tmp_path):
    assert list(load.warnings(read(""))) == [
        f"no recipients are set: alerts are written to {tmp_path / 'data' / 'outbox'}"
    ]
    assert load.lack_of_operators(read("")) is None
    lacking = load.lack_of_operators(read(f"{EMAIL}{PERSON}"))
    assert lacking == 'no recipient has audience = "operators": nobody will be notified of problems'
    both = read(f'{EMAIL}{PERSON}audience = "operators"')
    assert load.lack_of_operators(both) is None
    assert list(recipient_warnings(both)) == []


def test_the_clock_is_set_only_with_allow_private(read, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_CLOCK", "2025-07-29T09:30:00Z")
    assert "OFSTED_WATCH_CLOCK: only with allow_private = true" in _refused(read, "")
    now = load.clock(read("allow_private = true")).now()
    assert timedelta() <= now - datetime(2025, 7, 29, 9, 30, tzinfo=UTC) < timedelta(seconds=5)


def test_the_offset_handed_down_wins(read, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_CLOCK", "2025-07-29T09:30:00Z")
    monkeypatch.setenv("OFSTED_WATCH_CLOCK_OFFSET", "-3600")
    assert load.clock(read("allow_private = true")).offset == timedelta(hours=-1)


def test_a_clock_that_is_no_time_is_refused(read, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_CLOCK", "soon")
    said = _refused(read, "allow_private = true")
    assert said == (
        "environment: OFSTED_WATCH_CLOCK: 'soon' is not a time; give 2025-07-29T09:30:00Z"
    )


def test_the_packaged_settings_file_is_the_defaults(read, tmp_path):
    template = Path(load.__file__).parents[2] / "deployments" / "ofsted-watch.toml"
    settings = read(template.read_text(encoding="utf-8"))
    assert [each.key for each in settings.watch] == [each.key for each in read("").watch]
    assert replace(settings, watch=()) == replace(read(""), watch=())
