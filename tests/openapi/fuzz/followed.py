"""Looks through the reports of a run: how many requests there were, and which links of the document its stories have followed to a success.

    followed.py REPORTS LEAST

Fails if they should have followed others, too, or if there were fewer requests than LEAST. A link was followed if the request had all that the link
gives for its address. What was deleted may be gone. Environment: SLIPFORM_API, and what tells which installation it is (`reach`).
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from reach import NOT_FOLLOWED, OUT_OF_REACH

Link = tuple[str, str, str]


def steps(reports: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Every request, with the status of its answer."""
    for report in sorted(reports.glob("*.ndjson")):
        with report.open(encoding="utf-8") as lines:
            for line in lines:
                recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
                for case, interaction in recorder.get("interactions", {}).items():
                    yield recorder["cases"].get(case, {}), (interaction.get("response") or {}).get("status_code", 0)


def is_followed(case: dict[str, Any], status: int) -> bool:
    link = case.get("transition")
    if not link or not case["is_transition_applied"]:
        return False
    given = link.get("parameters", {}).get("path_parameters", {})
    sent = case["value"].get("path_parameters", {})
    gone = link["id"].startswith("DELETE ") and status == 404
    return (200 <= status < 300 or gone) and all(sent.get(name) == value.get("value") for name, value in given.items())


def links(document: dict[str, Any]) -> dict[str, Link]:
    """Those of the document by the name that schemathesis gives them, each as its ends and its own name."""
    operations = {each["operationId"]: f"{method.upper()} {path}" for path, item in document["paths"].items() for method, each in item.items()}
    ids = {label: operation for operation, label in operations.items()}
    found = {}
    for path, item in document["paths"].items():
        for method, each in item.items():
            for status, answer in each["responses"].items():
                for name, link in answer.get("links", {}).items():
                    label = f"{method.upper()} {path} -> [{status}] {name} -> {operations[link['operationId']]}"
                    found[label] = (ids[f"{method.upper()} {path}"], name, link["operationId"])
    return found


def main() -> None:
    reports, least = Path(sys.argv[1]), int(sys.argv[2])
    sent = list(steps(reports))
    known = links(requests.get(f"{os.environ['SLIPFORM_API']}/openapi.json", timeout=30).json())
    followed = {case["transition"]["id"] for case, status in sent if is_followed(case, status)}
    stale = NOT_FOLLOWED.keys() - {(source, name) for source, name, _ in known.values()}
    assert not stale, f"there are no such links: {stale}"
    missing = [label for label, link in known.items() if label not in followed and not is_out_of_reach(link)]
    print(f"{len(sent)} requests; of the document's {len(known)} links stories have followed {len(followed & known.keys())}", flush=True)
    sys.exit("\n".join(f"not followed: {label}" for label in missing) or (f"fewer requests than {least}" if len(sent) < least else 0))


def is_out_of_reach(link: Link) -> bool:
    source, name, target = link
    return source in OUT_OF_REACH or target in OUT_OF_REACH or (source, name) in NOT_FOLLOWED


if __name__ == "__main__":
    main()
