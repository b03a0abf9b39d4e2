"""Uses every call of the official SDK against the sandbox, and sees that it raises the errors it should.

The base URL, the account and the credential are read from standard input, one a line.
"""

import sys

import cloudflare
from cloudflare import Cloudflare

base, account, credential = sys.stdin.read().split()


def client(secret):
    return Cloudflare(api_token=secret, base_url=base, max_retries=0)


def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


tokens = client(credential).accounts.tokens
groups = tokens.permission_groups.list(account_id=account, name="DNS Write")
group = next(iter(groups))
assert group.name == "DNS Write", group
policy = {
    "effect": "allow",
    "permission_groups": [{"id": group.id}],
    "resources": {f"com.cloudflare.api.account.{account}": "*"},
}
made = tokens.create(account_id=account, name="made", policies=[policy], expires_on="2099-01-01T00:00:00Z")
assert made.value and made.value.startswith("cfat_") and made.status == "active", "create"
assert made.expires_on.year == 2099
secret = made.value

got = tokens.get(made.id, account_id=account)
assert (got.id, got.name, got.policies[0].permission_groups[0].name) == (made.id, "made", "DNS Write")
changed = tokens.update(made.id, account_id=account, name="changed", policies=[policy])
assert changed.name == "changed" and changed.modified_on > made.modified_on

for number in range(7):
    tokens.create(account_id=account, name=f"more-{number}", policies=[policy])
listed = [token.id for token in tokens.list(account_id=account, per_page=5)]
assert made.id in listed and len(set(listed)) == len(listed) >= 9, f"{len(listed)} listed over pages"

verified = client(secret).accounts.tokens.verify(account_id=account)
assert (verified.id, verified.status) == (made.id, "active")
rolled = tokens.value.update(made.id, account_id=account)
assert rolled.startswith("cfat_") and rolled != secret
error = raises(cloudflare.AuthenticationError, lambda: client(secret).accounts.tokens.verify(account_id=account))
assert error.status_code == 401 and error.errors[0].code == 1000, error.errors
assert client(rolled).accounts.tokens.verify(account_id=account).id == made.id
raises(cloudflare.PermissionDeniedError, lambda: client(rolled).accounts.tokens.get(made.id, account_id=account))
raises(cloudflare.BadRequestError, lambda: client("short").accounts.tokens.verify(account_id=account))
assert tokens.delete(made.id, account_id=account).id == made.id
raises(cloudflare.NotFoundError, lambda: tokens.get(made.id, account_id=account))
raises(cloudflare.AuthenticationError, lambda: client(rolled).accounts.tokens.verify(account_id=account))
print("every call of the SDK works")
