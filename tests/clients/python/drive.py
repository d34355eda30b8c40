"""Drives a whole build with the client that openapi-python-client makes from openapi/control-plane.json.

Sign in, push a design, build it, wait until it is live, build another version, roll back. Prints one line of JSON.

Environment: SLIPFORM_API, SLIPFORM_EMAIL, SLIPFORM_PASSWORD, SLIPFORM_DESIGN (a file), SLIPFORM_APP (a slug that is free).
"""

import json
import os
import time
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from slipform_client import AuthenticatedClient, Client
from slipform_client.api.apps import create_app, show_app
from slipform_client.api.builds import create_build, list_builds, show_build
from slipform_client.api.designs import push_design
from slipform_client.api.environments import roll_back, show_environment
from slipform_client.api.identity import sign_in, sign_out
from slipform_client.models import (
    AppBody,
    BuildBody,
    BuildKind,
    BuildState,
    Credentials,
    Design,
    DesignVersionBody,
    EnvironmentBody,
    ListBuildSummaryBody,
    NewApp,
    NewBuild,
    Problem,
    RefreshTokenBody,
    RollbackRequest,
    SessionBody,
)
from slipform_client.types import Response

T = TypeVar("T")


def good(answer: Response[Any], status: HTTPStatus, kind: type[T]) -> T:
    """What an operation answered, or its problem as an exception."""
    if isinstance(answer.parsed, Problem):
        raise AssertionError(f"{answer.parsed.status} {answer.parsed.type_}: {answer.parsed.detail}")
    assert answer.status_code == status, f"{answer.status_code}, not {status}: {answer.content[:500]!r}"
    assert isinstance(answer.parsed, kind), answer.parsed
    return answer.parsed


def status_of(address: str) -> int:
    """The status with which a live app answers. Names below localhost need not resolve here: this machine is asked."""
    url = urlsplit(address)
    return httpx.get(f"http://127.0.0.1:{url.port}/", headers={"host": url.netloc}, trust_env=False).status_code


class Story:
    def __init__(self, api: AuthenticatedClient, org: str, app: str) -> None:
        self.api, self.org, self.app = api, org, app

    def push(self, design: dict[str, Any]) -> int:
        answer = push_design.sync_detailed(self.org, self.app, client=self.api, body=Design.from_dict(design), message="by a client")
        return good(answer, HTTPStatus.CREATED, DesignVersionBody).number

    def build(self) -> BuildBody:
        answer = create_build.sync_detailed(self.org, self.app, client=self.api, body=NewBuild(environment="production"))
        return self.ended(good(answer, HTTPStatus.ACCEPTED, BuildBody))

    def roll_back(self) -> BuildBody:
        answer = roll_back.sync_detailed(self.org, self.app, "production", client=self.api, body=RollbackRequest())
        return self.ended(good(answer, HTTPStatus.ACCEPTED, BuildBody))

    def ended(self, build: BuildBody) -> BuildBody:
        end = time.monotonic() + 120
        while build.state in (BuildState.QUEUED, BuildState.RUNNING):
            assert time.monotonic() < end, f"the build does not end: {build}"
            answer = show_build.sync_detailed(self.org, self.app, build.number, client=self.api, prefer="wait=10")
            build = good(answer, HTTPStatus.OK, BuildBody)
        assert build.state == BuildState.SUCCEEDED, build
        return build

    def live(self, release: int) -> str:
        answer = show_environment.sync_detailed(self.org, self.app, "production", client=self.api)
        environment = good(answer, HTTPStatus.OK, EnvironmentBody)
        assert environment.live_release == release, environment
        assert status_of(environment.url) == 200, environment.url
        return environment.url


def main() -> None:
    began = time.monotonic()
    base, slug = os.environ["SLIPFORM_API"], os.environ["SLIPFORM_APP"]
    quiet = {"trust_env": False}
    credentials = Credentials(email=os.environ["SLIPFORM_EMAIL"], password=os.environ["SLIPFORM_PASSWORD"])
    with Client(base, httpx_args=quiet) as anonymous:
        session = good(sign_in.sync_detailed(client=anonymous, body=credentials), HTTPStatus.OK, SessionBody)
    with AuthenticatedClient(base, token=session.access_token, timeout=httpx.Timeout(30), httpx_args=quiet) as api:
        story = Story(api, session.organizations[0].slug, slug)
        with open(os.environ["SLIPFORM_DESIGN"], encoding="utf-8") as file:
            design = json.load(file)
        created = create_app.sync_detailed(story.org, client=api, body=NewApp(slug=slug, name="By Python"))
        assert good(created, HTTPStatus.CREATED, AppBody).slug == slug

        assert story.push(design) == 1
        first = story.build()
        story.live(1)

        design["app"]["description"] = "Another version."
        assert story.push(design) == 2
        second = story.build()
        story.live(2)

        back = story.roll_back()
        assert back.kind == BuildKind.ROLLBACK, back
        url = story.live(1)

        # What the client knows of the rest: a page of a list, and an error.
        page = list_builds.sync_detailed(story.org, slug, client=api, limit=2, state=BuildState.SUCCEEDED)
        assert [build.number for build in good(page, HTTPStatus.OK, ListBuildSummaryBody).items] == [back.number, second.number]
        missing = show_app.sync_detailed(story.org, "no-such-app", client=api)
        assert isinstance(missing.parsed, Problem) and missing.parsed.type_ == "urn:slipform:problem:not-found", missing
        signed_out = sign_out.sync_detailed(client=api, body=RefreshTokenBody(refresh_token=session.refresh_token))
        assert signed_out.status_code == HTTPStatus.NO_CONTENT, signed_out

    numbers = [build.number for build in (first, second, back)]
    seconds = round(time.monotonic() - began, 3)
    print(json.dumps({"client": "openapi-python-client", "app": slug, "builds": numbers, "liveRelease": 1, "url": url, "seconds": seconds}))


main()
