"""Works with users, groups, members, group rules, apps, the user schema and the System Log through
Okta's own Python SDK, as its README shows.

Configured by the SDK's environment variables alone:
  OKTA_CLIENT_ORGURL, OKTA_TESTING_TESTINGDISABLEHTTPSCHECK=true (for an http:// org), and either
  OKTA_CLIENT_TOKEN, or OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey with OKTA_CLIENT_CLIENTID, OKTA_CLIENT_SCOPES
  (separated by commas) and OKTA_CLIENT_PRIVATEKEY (PEM text).

Prints one line per step and ends with "done". Any surprise is an exception and a non-zero exit code.
"""

import asyncio

import access
from okta.client import Client as OktaClient
from okta.models import (
    AddGroupRequest,
    CreateUserRequest,
    OktaUserGroupProfile,
    UpdateUserRequest,
    UserProfile,
)
from okta.pagination import paginate_all
from steps import expect, good

SUFFIX = "python-sdk.example.com"


async def every_user(client, limit):
    """All pages of the user list, by the SDK's own paging helper."""
    return [user async for user in paginate_all(client.list_users, limit=limit)]


async def create_people(client):
    people = []
    for name in ("Ada", "Grace", "Edsger"):
        profile = UserProfile(
            first_name=name, last_name="Example", email=f"{name.lower()}@{SUFFIX}", login=f"{name.lower()}@{SUFFIX}"
        )
        user, _ = good(f"create {name}", await client.create_user(CreateUserRequest(profile=profile), activate=True))
        expect(f"{name} waits for the first sign-in", user.status == "PROVISIONED")
        people.append(user)
    return people


async def update_and_read(client, user):
    request = UpdateUserRequest(profile=UserProfile(department="Research", title="Analyst"))
    updated, _ = good("update a user", await client.update_user(user.id, request))
    expect("the update is there", updated.profile.department == "Research" and updated.profile.first_name == "Ada")
    read, _ = good("read a user by login", await client.get_user(user.profile.login))
    expect("it is the same user", read.id == user.id)


async def work_with_group(client, people):
    profile = OktaUserGroupProfile(name="Python SDK group", description="made by the SDK")
    group, _ = good("create a group", await client.add_group(AddGroupRequest(profile=profile)))
    for user in people:
        good("add a member", await client.assign_user_to_group(group.id, user.id))
    members, _ = good("list members", await client.list_group_users(group.id))
    expect("everybody is a member", {member.id for member in members} == {user.id for user in people})
    good("remove a member", await client.unassign_user_from_group(group.id, people[0].id))
    members, _ = good("list members", await client.list_group_users(group.id))
    expect("one less is a member", people[0].id not in {member.id for member in members})
    profile = OktaUserGroupProfile(name="Python SDK group, renamed", description="made by the SDK")
    renamed, _ = good("rename the group", await client.replace_group(group.id, AddGroupRequest(profile=profile)))
    expect("the group has its new name", "renamed" in str(renamed.profile.to_dict()))
    groups, _ = good("list groups", await client.list_groups(q="Python SDK"))
    expect("the group is listed", [found.id for found in groups] == [group.id])
    good("delete the group", await client.delete_group(group.id))


async def delete_people(client, people):
    for user in people:
        good("deactivate", await client.deactivate_user(user.id))
        good("erase", await client.delete_user(user.id))
    _, _, error = await client.get_user(people[0].id)
    expect("an erased user is gone", error is not None and "E0000007" in str(error))


async def main():
    client = OktaClient()
    people = await create_people(client)
    _, _, error = await client.create_user(CreateUserRequest(profile=people[0].profile))
    expect("a login is taken once", error is not None and "E0000001" in str(error))
    found = await every_user(client, limit=2)
    expect("all pages show everybody", {user.id for user in people} <= {user.id for user in found})
    await update_and_read(client, people[0])
    await work_with_group(client, people)
    await access.everything(client, people)
    await delete_people(client, people)
    print("done")


if __name__ == "__main__":
    asyncio.run(main())
