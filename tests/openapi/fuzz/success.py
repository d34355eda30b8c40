"""What a run must have reached."""

import os
from collections import Counter
from typing import Any

import schemathesis
from asking import is_in_a_story, operation_id
from excuses import BEYOND_THE_DOCUMENT, DELETED_BY_A_JOB
from reach import NOT_FOLLOWED, OUT_OF_REACH
from schemathesis import Case

LONG = int(os.environ["SLIPFORM_EXAMPLES"]) >= 50
OPERATIONS: set[str] = set()
ASKED: Counter[str] = Counter()
SUCCEEDED: Counter[str] = Counter()


def of(case: Case) -> bool:
    """Whether the operation has succeeded before."""
    return SUCCEEDED[operation_id(case)] > 0


def expect(document: Any) -> None:
    """Remembers which operations there are. What is said here of others is said of nothing."""
    operations = [(method, path, each) for path, item in document["paths"].items() for method, each in item.items()]
    OPERATIONS.update(each["operationId"] for _, _, each in operations)
    named = {*OUT_OF_REACH, *BEYOND_THE_DOCUMENT, *(end for link in NOT_FOLLOWED for end in link if end != "next")}
    stale = (named - OPERATIONS) | (DELETED_BY_A_JOB - {f"{method.upper()} {path}" for method, path, _ in operations})
    assert not stale, f"there are no such operations: {', '.join(sorted(stale))}"


@schemathesis.check
class EveryOperationSucceeds:
    """What never succeeds was hardly tested, nor what is nearly always meant for another version. Stories do not come everywhere."""

    def __init__(self) -> None:
        self.meant: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Case) -> None:
        if is_in_a_story(case) or case.meta is None or not case.meta.generation.mode.is_positive:
            return
        operation = operation_id(case)
        ASKED[operation] += 1
        SUCCEEDED[operation] += 200 <= response.status_code < 300
        if "If-Match" in case.operation.headers:
            self.meant.add(operation)

    def after_run(self, ctx: Any) -> None:
        if os.environ["SLIPFORM_PHASES"] == "stateful":
            return
        never = sorted(operation for operation in OPERATIONS - OUT_OF_REACH.keys() if not SUCCEEDED[operation])
        assert not never, f"never succeeded: {', '.join(never)}"
        wrong = sorted(operation for operation in OUT_OF_REACH if SUCCEEDED[operation])
        assert not wrong, f"succeeded, and reach.py says that it cannot: {', '.join(wrong)}"
        rarely = sorted(operation for operation in self.meant - OUT_OF_REACH.keys() if 5 * SUCCEEDED[operation] < ASKED[operation])
        assert not (LONG and rarely), f"succeeded in less than a fifth of what was well formed: {', '.join(rarely)}"
