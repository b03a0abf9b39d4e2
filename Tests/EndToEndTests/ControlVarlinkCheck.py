"""Uses every method of the control socket, whose path is the argument, through the package varlink."""

import sys

import varlink

client = varlink.Client("unix:" + sys.argv[1])
info = client.get_interfaces()
assert "org.tokenroll.Control" in info, info

with client.open("org.tokenroll.Control") as control:
    status = control.Status()
    assert status["healthy"] is True, status
    assert [entry["name"] for entry in status["entries"]] == ["one"], status
    assert control.Entry("one")["entry"]["state"] == "waiting"
    replies = list(control.Roll(["one"], None, _more=True))
    assert replies[0]["accepted"] == ["one"], replies
    assert replies[-1]["progress"]["result"] == "settled", replies
    assert control.History("one", 5)["rolls"][0]["outcome"] == "settled"
    assert control.Retry([])["retried"] == []
    assert control.Reload() == {"accepted": True, "problems": []}
    control.Pause("one", "a reason", None)
    assert control.Entry("one")["entry"]["state"] == "paused"
    try:
        control.Roll(["one"], None)
        raise AssertionError("a paused entry was rolled")
    except varlink.VarlinkError as error:
        assert error.error() == "org.tokenroll.Control.EntryPaused", error
    assert control.Resume("one") == {"was_paused": True}
    assert "tokenroll_entries{" in control.Metrics()["text"]
    watch = iter(control.Watch(_more=True))
    assert next(watch).get("event") is None

print("every method works")
