#!/usr/bin/env python3
"""Puts every query of a Grafana dashboard to the Prometheus at an address. Usage: dashboard.py URL DASHBOARD."""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

server, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    dashboard = json.load(file)


def ask(call, **parameters):
    """What the API answers: its data, or the error as a text."""
    words = urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(f"{server}/api/v1/{call}?{words}", timeout=30) as answer:
            return json.load(answer)["data"], None
    except urllib.error.HTTPError as error:
        return None, json.load(error).get("error", str(error))
    except OSError as error:
        return None, str(error)


def results(query):
    data, error = ask("query", query=query)
    return (data["result"], None) if data else ([], error)


def concrete(query):
    """The query as Grafana sends it, with every machine chosen."""
    return query.replace("$instance", ".*").replace("$__rate_interval", "1m")


# Both rolls are at their end and were scraped twice: the start of all these programs takes a moment, and on a busy machine more.
ready = 'sum(tokenroll_rolls_total{outcome="settled"}) == 2 and sum(count_over_time(tokenroll_running[1m])) > 2'
limit = time.monotonic() + 300
while not results(ready)[0]:
    if time.monotonic() < limit:
        time.sleep(0.1)
        continue
    sys.exit(f"dashboard: this did not become true within five minutes: {ready}: {results(ready)[1]}")

problems, count = [], 0
for panel in dashboard["panels"]:
    for target in panel.get("targets", []):
        count += 1
        title = f'"{panel["title"]}" {target["refId"]}'
        query = concrete(target["expr"])
        _, error = results(query)
        if error:
            problems.append(f"{title} is refused: {error}: {query}")
            continue
        # A healthy service has nothing above such a threshold.
        found, error = results(re.sub(r" > 0$", "", query))
        if not found:
            problems.append(f"{title} gives no data: {query}")
        for label in re.findall(r"{{(\w+)}}", target.get("legendFormat", "")):
            if any(label not in sample["metric"] for sample in found):
                problems.append(f"{title} has a legend with {label}, which the data has not")

for variable in dashboard["templating"]["list"]:
    if variable["type"] != "query":
        continue
    count += 1
    match = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
    values, error = ask(f"label/{match[2]}/values", **{"match[]": match[1]}) if match else (None, "unknown form")
    if not values:
        problems.append(f'the variable {variable["name"]} has no values: {error}')

for problem in problems:
    print(f"dashboard: {problem}", file=sys.stderr)
if problems:
    sys.exit(1)
print(f"dashboard: {count} queries, each accepted and with data")
