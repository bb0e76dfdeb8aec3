"""fast-bitrix24 against the sandbox's portal: webhook, pages, batches, and a token that is refreshed."""

import asyncio
import json
import sys
import urllib.parse
import urllib.request

from fast_bitrix24 import BitrixAsync
from fast_bitrix24.server_response import ErrorInServerResponseException

WEBHOOK, REST, TOKEN_URL, CLIENT_ID, CLIENT_SECRET, STALE, REFRESH = sys.argv[1:]
MANY = 120


async def by_webhook():
    b24 = BitrixAsync(WEBHOOK, verbose=False)

    # Create: one, then many in batches.
    lead = {"TITLE": "Заявка", "NAME": "Ирина", "PHONE": [{"VALUE": "+79161234567", "VALUE_TYPE": "WORK"}]}
    first = await b24.call("crm.lead.add", {"fields": lead})
    assert isinstance(first, int), first
    made = await b24.call("crm.lead.add", [{"fields": {"TITLE": f"Лид {n}"}} for n in range(MANY)])
    assert len(set(made)) == MANY, made

    # List: every page, none twice.
    listed = await b24.get_all("crm.lead.list", {"select": ["ID", "TITLE"]})
    assert {int(one["ID"]) for one in listed} == {first, *made}, len(listed)
    some = await b24.get_all("crm.lead.list", {"filter": {">ID": made[-11], "<=ID": made[-1]}})
    assert len(some) == 10, len(some)

    # Read back by id, with the types of the frozen family.
    by_id = await b24.get_by_ID("crm.lead.get", [first])
    row = by_id.get(str(first), by_id) if isinstance(by_id, dict) else by_id[0]
    assert row["PHONE"][0]["VALUE"] == "+79161234567", row
    assert row["ID"] == str(first) and row["OPPORTUNITY"] == "0.00", row

    # Update.
    done = await b24.call("crm.lead.update", {"ID": first, "fields": {"STATUS_ID": "IN_PROCESS"}})
    assert done is True, done
    moved = await b24.get_all("crm.lead.list", {"filter": {"STATUS_ID": "IN_PROCESS"}})
    assert [int(one["ID"]) for one in moved] == [first], moved

    # Items speak in numbers; a list of them comes in a box.
    item = await b24.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": "Сделка", "opportunity": 10.5}})
    item = item.get("item", item)
    assert item["opportunity"] == 10.5 and isinstance(item["id"], int), item
    deals = await b24.get_all("crm.item.list", {"entityTypeId": 2})
    assert [one["id"] for one in deals] == [item["id"]], deals
    stages = await b24.get_all("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}})
    assert "WON" in [one["STATUS_ID"] for one in stages], stages

    # A batch whose commands use each other.
    batch = {
        "halt": 0,
        "cmd": {
            "who": "crm.contact.add?fields[NAME]=%D0%90%D0%BD%D0%BD%D0%B0",
            "what": "crm.deal.add?fields[TITLE]=B&fields[CONTACT_ID]=$result[who]",
            "read": "crm.deal.get?id=$result[what]",
        },
    }
    result = await b24.call_batch(batch)
    assert result["read"]["CONTACT_ID"] == str(result["who"]), result

    # One that fails is an error of the client.
    try:
        await b24.call_batch({"halt": 0, "cmd": {"no": "crm.deal.get?id=999999"}})
    except ErrorInServerResponseException as error:
        assert "Not found" in str(error), error
    else:
        raise AssertionError("a command that fails must be heard")


def refreshed():
    query = {
        "grant_type": "refresh_token",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH,
    }
    with urllib.request.urlopen(f"{TOKEN_URL}?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)["access_token"]


async def by_application():
    given = []

    async def token():
        given.append(await asyncio.to_thread(refreshed) if given else STALE)
        return given[-1]

    b24 = BitrixAsync(REST, token_func=token, verbose=False)
    me = await b24.call("profile", {}, raw=True)
    assert me["result"]["ID"] == "1", me
    assert len(given) == 2, "an expired token is refreshed once"
    deals = await b24.get_all("crm.deal.list")
    assert len(deals) == 2, deals


asyncio.run(by_webhook())
asyncio.run(by_application())
print("fast-bitrix24: well")
