"""What a run does not reach, and why."""

import os

# Of the two installations one has no address on the internet and speaks plain HTTP, the other is asked by a token. Neither has AWS.
OUT_OF_REACH = dict.fromkeys(["createAccount", "showAccount", "updateAccount", "deleteAccount"], "the installation has no AWS")
if "SLIPFORM_TOKEN" in os.environ:
    OUT_OF_REACH["createOrganization"] = "a token belongs to one organization"
    people = ["listIdentities", "addIdentity", "removeIdentity", "acceptInvitation", "leaveOrganization"]
    OUT_OF_REACH |= dict.fromkeys(people, "a token is no person")
else:
    OUT_OF_REACH["showIssuer"] = "the installation has no address on the internet"
if "SLIPFORM_CERTIFICATE" not in os.environ:
    OUT_OF_REACH["renewDomain"] = "the installation speaks plain HTTP"

# Links that no story follows to a success, beside those of what is out of reach. tests/it/api/links.rs follows every link.
NOT_FOLLOWED = {
    ("createInvitation", "acceptInvitation"): "nobody accepts what they have sent themselves",
    ("addDomain", "removeDomain"): "another version is there as soon as a job has attached it",
    ("addDomain", "renewDomain"): "another version is there as soon as a job has attached it",
    ("rollBack", "cancelBuild"): "it is gone back before somebody can cancel it",
}
if "SLIPFORM_TOKEN" in os.environ:
    NOT_FOLLOWED["listOrganizations", "next"] = "a token belongs to one organization"
