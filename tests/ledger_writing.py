"""Writes neutral records in the language of `ledger_text`, so that a random ledger that fails can be read, and kept as an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ledger_records import Correct, Log, Move, Repeats, Retract, Undo
from tests.ledger_text import TOP_TYPES
from tests.oracle_words import read_span

if TYPE_CHECKING:
    from tests.ledger_records import ClaimText, Entry, Ledger, Node, Question


def write_ledger(ledger: Ledger) -> str:
    """Return a ledger as text that `read_example` reads back."""
    lines = [f"{word} {node.code}" + (f" in {node.parent}" if node.parent else "") for word, node in _nodes(ledger)]
    for line in ledger.lines:
        deployment = next(one for one in ledger.deployments if one.code == line.deployment)
        text = f"line {line.name}: {deployment.actor} {line.asset_type} in {deployment.place}"
        for word, value in (
            ("under", deployment.operation),
            ("part of", deployment.part_of),
            ("platform", line.platform),
        ):
            text += f" {word} {value}" if value else ""
        lines.append(text)
    for number, entry in enumerate(ledger.entries, 1):
        lines += _entry(number, entry)
    return "\n".join(lines)


def write_question(question: Question) -> str:
    """Return a question's text, without answers."""
    text = f"as of {question.as_of}"
    text += f", known at #{question.known}" if question.known is not None else ""
    text += f", basis {question.basis}" if question.basis != "present" else ""
    text += ", projected" if question.projected else ""
    return text + (f", stale after {question.stale_after}" if question.stale_after != 90 else "") + ":"


def _nodes(ledger: Ledger) -> list[tuple[str, Node]]:
    types = [node for node in ledger.types if node.code not in TOP_TYPES]
    trees = (("place", ledger.places), ("actor", ledger.actors), ("type", types))
    return [(word, node) for word, tree in trees for node in tree]


def _entry(number: int, entry: Entry) -> list[str]:
    if isinstance(entry, Log) and len(entry.claims) > 1:
        return [f"#{number} together:", *(f"  {_claim(claim)}" for claim in entry.claims)]
    if isinstance(entry, Log):
        return [f"#{number} {_claim(entry.claims[0])}"]
    if isinstance(entry, Move):
        claim = entry.claim
        return [f"#{number} {claim.on} move {claim.quantity} {claim.line} -> {entry.to_line}{_brackets(claim)}"]
    if isinstance(entry, Correct):
        return [f"#{number} correct {entry.target}: " + ", ".join(f"{name} {words}" for name, words in entry.changes)]
    if isinstance(entry, Retract):
        what = entry.claim or (f"entry #{entry.entry}" if entry.entry else f"source {entry.source}")
        return [f"#{number} retract {what}"]
    if isinstance(entry, Undo):
        return [f"#{number} undo #{entry.entry}"]
    assert isinstance(entry, Repeats)
    return [f"#{number} {entry.source} " + (f"repeats {entry.origin}" if entry.origin else "is its own origin")]


def _claim(claim: ClaimText) -> str:
    about = claim.line or f"deployment {claim.deployment}"
    words = (claim.on, about, claim.kind, claim.status, claim.quantity)
    return " ".join(word for word in words if word) + _brackets(claim)


def _brackets(claim: ClaimText) -> str:
    clauses = [f"from {claim.source}"]
    clauses += [claim.grade] if claim.grade != "B2" else []
    clauses += [claim.modality] if claim.modality != "actual" else []
    clauses += [f"said {claim.stated_on}"] if claim.stated_on != read_span(claim.on).on else []
    clauses += [f"basis {claim.basis}"] if claim.basis != "present" else []
    clauses += ["complete"] if claim.complete else []
    clauses += [f"same as {claim.same_as}"] if claim.same_as else []
    clauses += [f"after {claim.after}"] if claim.after else []
    clauses += [f"other {claim.other}"] if claim.other else []
    clauses += [f"{relation.replace('_', ' ')} {ref}" for relation, ref in claim.links]
    return f" ({', '.join(clauses)})"
