"""The lexicon is data: a phrasing added to a file is read, a wrong entry is named, and its effect can be seen."""

import json
import shutil
from pathlib import Path

import pytest

from ingestion.bulletins import engine, evaluation, lexicon
from ingestion.vietnamese.text import fold

REFERENCES = [
    folder
    for folder in (
        evaluation.SHIPPED / "dev",
        *(evaluation.SHIPPED.parents[1] / "shared" / "gold" / name for name in ("seeds", "dev_press")),
    )
    if folder.exists()
]


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(lexicon.FOLDER, tmp_path / "lexicon"))


def indicators(text: str, words: lexicon.Lexicon) -> list[str]:
    reading = engine.read_text(text, fold(text), words, published=None, province="Hà Nam", title=None)
    return [statement.indicator for statement in reading.statements]


def test_a_new_phrasing_needs_no_python(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    text = "Năm 2023, tỉnh khai sinh 21 HTX."
    assert indicators(text, lexicon.load()) == ["coop_total"]
    with (folder / "aspects.yml").open("a", encoding="utf-8") as file:
        file.write('- {aspect: founded, strength: 3, before: ["khai sinh"]}\n')
    assert indicators(text, lexicon.load(folder)) == ["coop_new"]


def test_what_a_changed_phrasing_changes_over_all_reference_bulletins(tmp_path: Path) -> None:
    """Without "giải thể" the dissolved cooperatives of every reference bulletin change, and nothing else does."""
    folder = copy(tmp_path)
    aspects = folder / "aspects.yml"
    lines = aspects.read_text(encoding="utf-8").splitlines()
    aspects.write_text("\n".join(line for line in lines if "aspect: dissolved" not in line), encoding="utf-8")
    before, after = lexicon.load(), lexicon.load(folder)
    changes = []
    for file in sorted(path for reference in REFERENCES for path in reference.glob("*.txt")):
        text = file.read_bytes().decode()
        old, new = ({(s.start, s.value): s.indicator for s in read(text, words)} for words in (before, after))
        changes += [
            (file.stem, old.get(key), new.get(key)) for key in old.keys() | new.keys() if old.get(key) != new.get(key)
        ]
    assert changes
    assert {was for _, was, _ in changes} <= {
        "coop_dissolved",
        "other:cooperative groups dissolved",
        "other:unions dissolved",
    }, json.dumps(changes, ensure_ascii=False)


def read(text: str, words: lexicon.Lexicon) -> list[engine.Statement]:
    return engine.read_text(text, fold(text), words, published=None, province="Hà Nam", title=None).statements


@pytest.mark.parametrize(
    ("file", "entry", "message"),
    [
        ("aspects.yml", "- {aspect: founded, strength: 9}\n", "aspects.yml, entry"),
        ("nouns.yml", "- {class: cooperative, unit: cooperative, phrases: [x], colour: red}\n", "nouns.yml, entry"),
        ("scopes.yml", '- {scope: crops, phrases: ["(trồng"]}\n', "trồng"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, file: str, entry: str, message: str) -> None:
    folder = copy(tmp_path)
    with (folder / file).open("a", encoding="utf-8") as lines:
        lines.write(entry)
    with pytest.raises(lexicon.LexiconError, match=message):
        lexicon.load(folder)


def test_every_indicator_of_the_lexicon_is_in_the_registry() -> None:
    registry = (evaluation.SHIPPED.parent / "dbt_project" / "seeds" / "indicators.csv").read_text(encoding="utf-8")
    codes = {line.split(",")[0] for line in registry.splitlines()[1:]}
    words = lexicon.load()
    table = words.indicators
    used = {
        m.indicator
        for group in (*table.counts.values(), *table.shares.values(), table.persons, table.units, table.staff)
        for m in group.values()
    }
    used |= {t.indicator for t in words.topics if t.indicator} | {
        table.growth.indicator,
        table.plan.indicator,
        table.per_district.indicator,
        table.produce.indicator,
    }
    assert used <= codes
    assert codes - used == set()
