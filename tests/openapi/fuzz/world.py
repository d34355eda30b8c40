"""Makes what the requests of schemathesis are about, once, and says who sends them:

    world.py PEOPLE FIXTURES

It has the names that the examples of the OpenAPI document have, so that these lead somewhere: in the organization `default` an app
`car-rental` that is live, a preview `blue`, a domain, a member, an invitation, a token and a webhook with a delivery; its owner has an identity.
Beside it an organization `other`, whose owner must see nothing of the first. PEOPLE becomes the document of both people for schemathesis ([auth.wfc]), FIXTURES a list of the ids and names of all this.

Environment: SLIPFORM_API, SLIPFORM_EMAIL and SLIPFORM_PASSWORD of the first owner, SLIPFORM_DESIGN (a file), SLIPFORM_ID_TOKENS of an issuer that
the installation trusts, with blanks between them; SLIPFORM_TOKEN, an API token of the owner, if it shall send the requests instead of them;
SLIPFORM_CERTIFICATE and SLIPFORM_CERTIFICATE_KEY of *.example.com (PEM) where live apps are reached by TLS.
"""

import json
import os
import sys
import time
from typing import Any

import requests

API = os.environ["SLIPFORM_API"]
STRANGER, PASSWORD = "stranger@example.com", "correct horse battery staple"


class Person:
    """Somebody who is signed in. What is there already is left as it is, so that a world can be used again."""

    def __init__(self, email: str, password: str) -> None:
        self.email, self.password = email, password
        self.http = requests.Session()
        self.http.trust_env = False
        # The server ends connections on which nothing has come for a while, perhaps just when the next request is sent.
        self.http.headers["connection"] = "close"
        self.sign_in()

    def sign_in(self) -> None:
        session = self.ask("POST", "/v1/auth/sign-in", {"email": self.email, "password": self.password})
        self.http.headers["authorization"] = f"Bearer {session['accessToken']}"

    def ask(self, method: str, path: str, body: Any = None, taken: bool = False) -> Any:
        answer = self.http.request(method, API + path, json=body, timeout=30)
        if answer.status_code == 401 and not path.startswith("/v1/auth/"):
            # An access token is good for ten minutes.
            self.sign_in()
            answer = self.http.request(method, API + path, json=body, timeout=30)
        if answer.status_code == 409 and taken:
            return None
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def make(self, path: str, body: Any) -> Any:
        return self.ask("POST", path, body, taken=True)

    def organization(self, slug: str) -> str:
        self.make("/v1/organizations", {"slug": slug, "name": slug.capitalize()})
        return f"/v1/organizations/{slug}"

    def app(self, organization: str, slug: str, design: Any, versions: int) -> str:
        """An app with so many design versions."""
        self.make(f"{organization}/apps", {"slug": slug, "name": slug.capitalize()})
        app = f"{organization}/apps/{slug}"
        for version in range(1, versions + 1):
            design["app"]["description"] = f"Version {version}."
            self.make(f"{app}/designs", design)
        return app

    def build(self, app: str, body: Any) -> None:
        build = self.ask("POST", f"{app}/builds", body)
        end = time.monotonic() + 120
        while build["state"] in ("queued", "running"):
            assert time.monotonic() < end, f"the build does not end: {build}"
            time.sleep(0.1)
            build = self.ask("GET", f"{app}/builds/{build['number']}")
        assert build["state"] == "succeeded", build

    def invite(self, organization: str, email: str, role: str) -> None:
        """Somebody new, who has an account from then on."""
        invitation = self.make(f"{organization}/invitations", {"email": email, "role": role})
        if invitation:
            self.make("/v1/auth/sign-up", {"invitation": invitation["secret"], "name": email.split("@")[0], "password": PASSWORD})


def domain(name: str) -> dict[str, str]:
    """What adds it: with a certificate where one is needed."""
    given = {"certificate": os.environ.get("SLIPFORM_CERTIFICATE"), "privateKey": os.environ.get("SLIPFORM_CERTIFICATE_KEY")}
    return {"name": name} | {key: value for key, value in given.items() if value}


def shows(name: str, token: str) -> dict[str, Any]:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


def signs_in(name: str, person: Person) -> dict[str, Any]:
    return {
        "name": name,
        "loginEndpointAuth": {
            "endpoint": "/v1/auth/sign-in",
            "verb": "POST",
            "contentType": "application/json",
            "payloadRaw": json.dumps({"email": person.email, "password": person.password}),
            "token": {
                "extractFrom": "body",
                "extractSelector": "/accessToken",
                "sendIn": "header",
                "sendName": "Authorization",
                "sendTemplate": "Bearer {token}",
            },
        },
    }


def main() -> None:
    with open(os.environ["SLIPFORM_DESIGN"], encoding="utf-8") as file:
        design = json.load(file)
    owner = Person(os.environ["SLIPFORM_EMAIL"], os.environ["SLIPFORM_PASSWORD"])
    default = owner.organization("default")
    app = owner.app(default, "car-rental", design, versions=2)
    if not owner.ask("GET", f"{app}/builds")["items"]:
        owner.build(app, {"designVersion": 1})
        owner.build(app, {"designVersion": 2})
    owner.make(f"{app}/environments", {"slug": "blue"})
    owner.make(f"{app}/environments/production/domains", domain("www.example.com"))
    owner.make(f"{default}/invitations", {"email": "ada@example.com", "role": "viewer"})
    owner.make(f"{default}/tokens", {"name": "CI", "role": "viewer"})
    webhook = f"{default}/webhooks"
    if not owner.ask("GET", webhook)["items"]:
        made = owner.ask("POST", webhook, {"url": "https://127.0.0.1:1024/hooks", "description": "Chat", "types": ["build.failed", "test"]})
        owner.ask("POST", f"{webhook}/{made['id']}/test")
    owner.make("/v1/me/identities", {"idToken": os.environ["SLIPFORM_ID_TOKENS"].split()[0]})
    owner.invite(default, "member@example.com", "editor")

    # Invited into an organization that is nobody else's business.
    door = owner.organization("door")
    owner.invite(door, STRANGER, "viewer")
    stranger = Person(STRANGER, PASSWORD)
    other = stranger.organization("other")
    stranger.app(other, "car-rental", design, versions=1)

    with open(sys.argv[1], "w", encoding="utf-8") as file:
        token = os.environ.get("SLIPFORM_TOKEN")
        json.dump({"auth": [shows("owner", token) if token else signs_in("owner", owner), signs_in("stranger", stranger)]}, file)
    things = [owner.ask("GET", default)]
    lists = [f"{default}/apps", f"{app}/environments", *(f"{default}/{kind}" for kind in ("members", "tokens", "invitations", "webhooks"))]
    for listed in (*lists, "/v1/me/identities"):
        things += owner.ask("GET", f"{listed}?limit=100")["items"]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(["www.example.com", *(thing[key] for thing in things for key in ("id", "slug") if key in thing)], file)


if __name__ == "__main__":
    main()
