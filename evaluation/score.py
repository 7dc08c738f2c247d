#!/usr/bin/env python3
"""Score extracted statements against reference statements.

    score.py GOLD_DIR --command 'htx bulletin extract {file} --published {published} --province {province}'
    score.py GOLD_DIR --predictions DIR          # DIR holds NNN.json for each GOLD_DIR/NNN.txt

GOLD_DIR holds NNN.txt or NNN.html (the bulletin), NNN.json (reference statements) and index.csv (id, published,
province).
A predicted statement matches a reference one when their character spans overlap (in HTML: one quote holds the
other, or both hold the same figures) and their values are equal; pairs are made one to one, the pair that agrees on
most fields first. Four figures, each precision, recall and F1:

    number      span and value
    statement   number, and kind, indicator and unit
    dated       statement, and qualifier and the year of its period end or as-of date
    full        dated, and geography and scope (where the reference has a coded scope, not "detail")

Reference statements whose indicator starts with "other:" count for `number` only, and predicted ones of that kind that
match nothing are ignored: what lies outside the registry is neither asked for nor punished. The same goes for reference
statements marked "optional" (ambiguous in the text).
"""

import argparse
import csv
import json
import re
import shlex
import subprocess
import sys
import unicodedata
from pathlib import Path

LEVELS = ("number", "statement", "dated", "full")


def norm(text):
    return " ".join(unicodedata.normalize("NFC", str(text or "")).casefold().split())


def place(name):
    name = norm(name)
    for prefix in ("tỉnh ", "thành phố ", "tp. ", "tp ", "huyện ", "thị xã "):
        name = name.removeprefix(prefix)
    return {"cả nước": "việt nam", "toàn quốc": "việt nam", "vietnam": "việt nam"}.get(name, name)


def aside(gold):
    """Neither asked for nor punished beyond its number."""
    return gold["indicator"].startswith("other:") or gold.get("optional", False)


def spans(statement, text):
    """All the places a statement can stand at: its own span, else every occurrence of its quote."""
    if statement.get("start") is not None and statement.get("end") is not None:
        return [(int(statement["start"]), int(statement["end"]))]
    quote, found, at = statement["quote"], [], text.find(statement["quote"])
    while at >= 0:
        found.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return found


def unit(statement):
    """Averages of money are a year's unless they say otherwise: VND and VND/year are one."""
    return norm(statement.get("unit")).removesuffix("/year")


def overlap(pred, gold, text):
    if text is not None:
        return any(a < d and c < b for a, b in spans(pred, text) for c, d in spans(gold, text))
    p, g = norm(pred["quote"]), norm(gold["quote"])
    return p in g or g in p or (re.findall(r"\d[\d.,]*", p) == re.findall(r"\d[\d.,]*", g) != [])


def same_number(a, b):
    if a is None or b is None:
        return a is None and b is None
    return abs(float(a) - float(b)) <= 1e-6 * max(1.0, abs(float(a)), abs(float(b)))


def year(statement):
    date = statement.get("period_end") or statement.get("as_of") or ""
    return date[:4]


def level(pred, gold):
    """How far two statements agree: 1 number … 4 full; 0 not at all."""
    if not (
        same_number(pred.get("value"), gold.get("value"))
        and same_number(pred.get("value_high"), gold.get("value_high"))
    ):
        return 0
    if aside(gold):
        return 1
    if any(norm(pred.get(k)) != norm(gold.get(k)) for k in ("kind", "indicator")) or unit(pred) != unit(gold):
        return 1
    if norm(pred.get("qualifier")) != norm(gold.get("qualifier")) or (year(gold) and year(pred) != year(gold)):
        return 2
    if gold.get("geography") and place(pred.get("geography")) != place(gold.get("geography")):
        return 3
    if gold.get("scope") != "detail" and norm(pred.get("scope")) != norm(gold.get("scope")):
        return 3
    return 4


def score_document(preds, golds, text):
    pairs = []
    for i, p in enumerate(preds):
        for j, g in enumerate(golds):
            if (agreed := level(p, g)) and overlap(p, g, text):
                pairs.append((agreed, i, j))
    used_p, used_g, matched = {}, {}, []
    for agreed, i, j in sorted(pairs, reverse=True):
        if i not in used_p and j not in used_g:
            used_p[i] = used_g[j] = agreed
            matched.append((agreed, i, j))
    core_g = [j for j, g in enumerate(golds) if not aside(g)]
    counted_p = [i for i, p in enumerate(preds) if i in used_p or not str(p.get("indicator", "")).startswith("other:")]
    out = {}
    for n, name in enumerate(LEVELS, 1):
        gold_n = len([g for g in golds if not g.get("optional")]) if n == 1 else len(core_g)
        excluded = {pi for _, pi, gj in matched if golds[gj].get("optional") or (n > 1 and aside(golds[gj]))}
        pred_n = len([i for i in counted_p if i not in excluded])
        hit = sum(
            1
            for agreed, _, gj in matched
            if agreed >= n and (gj in core_g or (n == 1 and not golds[gj].get("optional")))
        )
        out[name] = (hit, pred_n, gold_n)
    missed = [g for j, g in enumerate(golds) if used_g.get(j, 0) < (1 if aside(g) else 2) and not g.get("optional")]
    wrong = [
        p
        for i, p in enumerate(preds)
        if i in counted_p and used_p.get(i, 0) < 2 and not any(i == pi and aside(golds[gj]) for _, pi, gj in matched)
    ]
    return out, missed, wrong


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("gold", type=Path)
    how = ap.add_mutually_exclusive_group(required=True)
    how.add_argument("--command", help="prints a JSON list for {file}, {published}, {province}")
    how.add_argument("--predictions", type=Path)
    ap.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    ap.add_argument("--require", type=float, help="exit 1 when statement F1 is below this")
    args = ap.parse_args()

    index = {}
    if (args.gold / "index.csv").exists():
        index = {r["id"]: r for r in csv.DictReader((args.gold / "index.csv").open(encoding="utf-8"))}
    total = {name: [0, 0, 0] for name in LEVELS}
    for gold_file in sorted(args.gold.glob("*.json")):
        doc, text_file = gold_file.stem, gold_file.with_suffix(".txt")
        text = text_file.read_text(encoding="utf-8") if text_file.exists() else None
        if text is None:
            text_file = gold_file.with_suffix(".html")
        golds = json.loads(gold_file.read_text(encoding="utf-8"))
        meta = index.get(doc, {})
        if args.predictions:
            preds = json.loads((args.predictions / f"{doc}.json").read_text(encoding="utf-8"))
        else:
            words = []
            for word in shlex.split(args.command):
                if word in ("{published}", "{province}") and not meta.get(word.strip("{}")):
                    words.pop()  # nothing known: leave the option out
                    continue
                words.append(
                    word.format(file=text_file, published=meta.get("published", ""), province=meta.get("province", ""))
                )
            run = subprocess.run(words, capture_output=True, text=True)
            if run.returncode:
                sys.exit(f"{doc}: exit {run.returncode}: {run.stderr.strip()[-400:]}")
            preds = json.loads(run.stdout)
        bad = [
            p
            for p in preds
            if text is not None and p.get("start") is not None and text[int(p["start"]) : int(p["end"])] != p["quote"]
        ]
        if bad:
            sys.exit(f"{doc}: quote is not the text at its span: {bad[0]}")
        counts, missed, wrong = score_document(preds, golds, text)
        for name in LEVELS:
            total[name] = [a + b for a, b in zip(total[name], counts[name], strict=True)]
        if args.show:
            for g in missed:
                print(f"{doc} missed  {g['kind']} {g['indicator']} {g.get('value')} “{g['quote']}”")
            for p in wrong:
                print(f"{doc} wrong   {p.get('kind')} {p.get('indicator')} {p.get('value')} “{p.get('quote')}”")
    f1 = {}
    for name in LEVELS:
        hit, pred_n, gold_n = total[name]
        p, r = (hit / pred_n if pred_n else 0.0), (hit / gold_n if gold_n else 0.0)
        f1[name] = 2 * p * r / (p + r) if p + r else 0.0
        print(
            f"{name:<10} precision {p:.3f}  recall {r:.3f}  F1 {f1[name]:.3f}   ({hit} of {gold_n} "
            f"reference, {pred_n} found)"
        )
    if args.require is not None and f1["statement"] < args.require:
        sys.exit(1)


if __name__ == "__main__":
    main()
