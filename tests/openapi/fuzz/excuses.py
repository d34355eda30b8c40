"""What schemathesis takes for a failure and is none."""

import json
from typing import Any

from asking import TOLD, ask, operation_id, within
from schemathesis import Case
from schemathesis.openapi.checks import EnsureResourceAvailability, MissingHeaderNotRejected, RejectedPositiveData, UseAfterFree

URL = "what a URL is, and to which networks events are sent"
CERTIFICATE = "whether the installation uses certificates, and what one is"
# What is well formed after the document and refused all the same, because it contradicts what there is or itself: the places that an answer
# names, by operation. Everything else that is well formed must not be refused as malformed.
BEYOND_THE_DOCUMENT = {
    "createApp": {"/account": "which targets have accounts, and which accounts there are", "/target": "which targets there are"},
    "createBuild": {"/designVersion": "which versions there are", "/environment": "which environments there are"},
    "rollBack": {"/release": "which releases there are"},
    "createToken": {"/expiresAt": "what time it is", "/scopes/*": "which scopes are of use to the role"},
    "addDomain": {"/name": "which names belong to the installation", "/certificate": CERTIFICATE, "/privateKey": CERTIFICATE},
    "renewDomain": {"/certificate": CERTIFICATE, "/privateKey": CERTIFICATE},
    "createWebhook": {"/url": URL},
    "updateWebhook": {"/url": URL},
    "showUsage": {"/query/since": "how many days there are between", "/query/until": "that it is not before `since`"},
    "listAudit": {"/query/until": "that it is later than `since`"},
    "exportAudit": {"/query/until": "that it is later than `since`"},
    # What makes a design is described by openapi/design.schema.json, and by far more than a schema can say.
    "pushDesign": {"": "what makes a design", "/**": "what makes a design"},
}
# Answered with 202: the thing shows that it is being deleted, until a job has removed everything that it consists of.
DELETED_BY_A_JOB = {
    "DELETE /v1/organizations/{org}/apps/{app}",
    "DELETE /v1/organizations/{org}/apps/{app}/environments/{env}",
    "DELETE /v1/organizations/{org}/apps/{app}/environments/{env}/domains/{domain}",
}


def is_excused(failure: Any, case: Case, response: Any) -> bool:
    if isinstance(failure, RejectedPositiveData):
        return is_beyond_the_document(case, response)
    if isinstance(failure, UseAfterFree):
        return failure.operation in DELETED_BY_A_JOB and goes_away(case, failure.free.removeprefix("DELETE "))
    if isinstance(failure, MissingHeaderNotRejected):
        # Whatever is below an app that is being deleted is refused before its version is asked for.
        return b'"urn:slipform:problem:app-deleting"' in response.content
    if isinstance(failure, EnsureResourceAvailability):
        # It is over once somebody has accepted it; nobody sees what they have left; and another chain of links has perhaps deleted it.
        at = case.path_parameters
        is_over = operation_id(case) == "revokeInvitation" and at["invitation"] in TOLD.accepted
        return is_over or at.get("org") in TOLD.left or any(f"{within(case)}/".startswith(f"{deleted}/") for deleted in TOLD.deleted)
    return False


def goes_away(case: Case, deleted: str) -> bool:
    """Whether what was deleted is going, and this below it goes with it."""
    found = ask(case, "GET", deleted)
    if found.ok:
        return found.json().get("state") == "deleting"
    return found.status_code == 404 and ask(case, "GET", case.formatted_path).status_code == 404


def is_beyond_the_document(case: Case, response: Any) -> bool:
    if response.status_code == 412:
        return "If-Match" in case.operation.headers and is_outdated(case)
    if response.status_code != 422:
        return False
    errors = json.loads(response.content).get("errors", [])
    return bool(errors) and all(is_known(case, error) for error in errors)


def is_outdated(case: Case) -> bool:
    """Whether another version is there than the one that was meant."""
    # A certificate is a part of its domain.
    found, meant = ask(case, "GET", case.formatted_path.removesuffix("/certificate")), str(case.headers["If-Match"])
    return found.ok and meant != "*" and found.headers["etag"] not in meant


def is_known(case: Case, error: dict[str, str]) -> bool:
    place = error["pointer"]
    if place == "/query/cursor":
        # A cursor is what this list has given.
        return (case.formatted_path, case.query["cursor"]) not in TOLD.cursors
    if place == "/header/Idempotency-Key":
        # A key belongs to the request that it was sent with first.
        return "was used for another request" in error["detail"] and TOLD.was_sent_with_another(case)
    known = BEYOND_THE_DOCUMENT.get(operation_id(case), {})
    of_parameter = place.startswith(("/query/", "/header/"))
    return place in known or place.rpartition("/")[0] + "/*" in known or ("/**" in known and not of_parameter)
