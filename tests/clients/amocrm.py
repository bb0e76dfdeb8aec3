"""aioamocrm against the sandbox's account: create, list, update, many at once, tokens that rotate."""

import asyncio
import sys

from aioamocrm import AmoCRMClient, AuthError, Contact, Lead, LongLivedToken, OAuth2

BASE, TOKEN, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, CODE = sys.argv[1:]
MANY = 60


async def by_long_lived_token():
    async with AmoCRMClient(base_url=BASE, auth=LongLivedToken(TOKEN), rate_limit=None) as amo:
        account = await amo.account.get()
        assert account.id, account

        # Create: one, then many in one call.
        [lead] = await amo.leads.create([Lead(name="Заказ", price=5000)])
        made = await amo.leads.create([Lead(name=f"Сделка {n}") for n in range(MANY)])
        assert len({one.id for one in made}) == MANY, made
        [contact] = await amo.contacts.create([Contact(name="Анна")])

        # List: every page, none twice.
        listed = [one.id async for one in amo.leads.iterate(limit=25)]
        assert sorted(listed) == sorted([lead.id, *[one.id for one in made]]), len(listed)

        # Update.
        await amo.leads.update([Lead(id=lead.id, price=7000)])
        read = await amo.leads.get(lead.id)
        assert (read.name, read.price) == ("Заказ", 7000), read
        assert (await amo.contacts.get(contact.id)).name == "Анна"

        pipelines = await amo.pipelines.list()
        assert any(status.id == 142 for status in await amo.pipelines.statuses(pipelines[0].id))


async def by_integration():
    auth = OAuth2(CLIENT_ID, CLIENT_SECRET, REDIRECT_URI)
    async with AmoCRMClient(base_url=BASE, auth=auth, rate_limit=None) as amo:
        first = await amo.exchange_code(CODE)
        assert (await amo.account.get()).id
        second = await auth.refresh(amo._endpoint)
        assert second.access_token != first.access_token
        assert second.refresh_token != first.refresh_token
        assert (await amo.account.get()).id

    # The pair that was rotated away opens nothing.
    old = OAuth2(CLIENT_ID, CLIENT_SECRET, REDIRECT_URI)
    await old.storage.save(first)
    async with AmoCRMClient(base_url=BASE, auth=old, rate_limit=None) as amo:
        try:
            await old.refresh(amo._endpoint)
        except AuthError:
            pass
        else:
            raise AssertionError("a refresh token works once")


asyncio.run(by_long_lived_token())
asyncio.run(by_integration())
print("aioamocrm: well")
