"""Group rules, apps and their assignments, the user schema, and the System Log, with Okta's Python SDK."""

import asyncio
from datetime import datetime, timedelta, timezone

from okta.models import (
    AddGroupRequest,
    AppUserAssignRequest,
    ApplicationGroupAssignment,
    BookmarkApplication,
    BookmarkApplicationSettings,
    BookmarkApplicationSettingsApplication,
    CreateGroupRuleRequest,
    GroupRuleAction,
    GroupRuleConditions,
    GroupRuleExpression,
    GroupRuleGroupAssignment,
    OktaUserGroupProfile,
    UserSchema,
    UserSchemaAttribute,
    UserSchemaDefinitions,
    UserSchemaPublic,
)
from steps import expect, good

ATTRIBUTE = "pythonSdkBadge"


async def eventually(step, condition):
    """Waits up to ten seconds for what Okta does on its own time."""
    for _ in range(50):
        if await condition():
            return print(f"ok {step}")
        await asyncio.sleep(0.2)
    raise RuntimeError(f"{step}: not within ten seconds")


async def new_group(client, name):
    request = AddGroupRequest(profile=OktaUserGroupProfile(name=name, description="made by the SDK"))
    group, _ = good("create a group", await client.add_group(request))
    return group


async def members_of(client, group):
    members, _ = good("list members", await client.list_group_users(group.id))
    return {member.id for member in members}


async def work_with_rule(client, people):
    """A rule adds whom its expression names, and stops when it is deactivated."""
    group = await new_group(client, "Python SDK rule target")
    request = CreateGroupRuleRequest(
        name="Python SDK rule",
        type="group_rule",
        conditions=GroupRuleConditions(
            expression=GroupRuleExpression(type="urn:okta:expression:1.0", value='user.department=="Research"')
        ),
        actions=GroupRuleAction(assign_user_to_groups=GroupRuleGroupAssignment(group_ids=[group.id])),
    )
    rule, _ = good("create a rule", await client.create_group_rule(request))
    expect("a new rule is inactive", rule.status == "INACTIVE")
    good("activate the rule", await client.activate_group_rule(rule.id))

    async def adds_the_researcher():
        return await members_of(client, group) == {people[0].id}

    await eventually("the rule adds who is in Research", adds_the_researcher)
    good("deactivate the rule", await client.deactivate_group_rule(rule.id))
    read, _ = good("read the rule", await client.get_group_rule(rule.id))
    expect("the rule is inactive", read.status == "INACTIVE" and read.actions.assign_user_to_groups.group_ids == [group.id])
    good("delete the rule", await client.delete_group_rule(rule.id))
    good("delete the group", await client.delete_group(group.id))


async def work_with_app(client, people):
    """An app is assigned to a group and to a user by himself."""
    settings = BookmarkApplicationSettings(app=BookmarkApplicationSettingsApplication(url="https://example.com/"))
    request = BookmarkApplication(name="bookmark", label="Python SDK app", sign_on_mode="BOOKMARK", settings=settings)
    app, _ = good("create an app", await client.create_application(request))
    expect("the app is active", app.status == "ACTIVE" and app.label == "Python SDK app")
    group = await new_group(client, "Python SDK app group")
    good("add a member", await client.assign_user_to_group(group.id, people[1].id))
    assignment = ApplicationGroupAssignment(priority=0)
    good("assign the group", await client.assign_group_to_application(app.id, group.id, assignment))
    user = AppUserAssignRequest(id=people[0].id, scope="USER")
    assigned, _ = good("assign a user", await client.assign_user_to_application(app.id, user))
    expect("the user is assigned by himself", assigned.scope == "USER" and assigned.id == people[0].id)

    async def both_have_it():
        users, _ = good("list the app's users", await client.list_application_users(app.id))
        return {user.id: user.scope for user in users} == {people[0].id: "USER", people[1].id: "GROUP"}

    await eventually("the user and the group's member have the app", both_have_it)
    *_, error = await client.unassign_user_from_application(app.id, people[1].id)
    expect("who has it through the group keeps it", error is not None and "E0000046" in str(error))
    good("unassign the user", await client.unassign_user_from_application(app.id, people[0].id))
    good("unassign the group", await client.unassign_application_from_group(app.id, group.id))
    *_, error = await client.delete_application(app.id)
    expect("an active app is not deleted", error is not None and "E0000056" in str(error))
    good("deactivate the app", await client.deactivate_application(app.id))
    good("delete the app", await client.delete_application(app.id))
    good("delete the group", await client.delete_group(group.id))


async def work_with_schema(client):
    """An attribute is added to the user schema and read back."""
    attribute = UserSchemaAttribute(title="Badge", description="of the door", type="string", max_length=20, scope="NONE")
    custom = UserSchemaPublic(id="#custom", type="object", properties={ATTRIBUTE: attribute}, required=[])
    request = UserSchema(definitions=UserSchemaDefinitions(custom=custom))
    good("add an attribute", await client.update_user_profile("default", request))
    schema, _ = good("read the schema", await client.get_user_schema("default"))
    read = schema.definitions.custom.properties[ATTRIBUTE]
    expect("the attribute is in the schema", (read.title, read.type, read.max_length) == ("Badge", "string", 20))
    expect("login is required", "login" in schema.definitions.base.required)


async def work_with_lifecycle(client, user):
    """Somebody without a password is not active, so cannot be suspended; the groups hold Everyone."""
    *_, error = await client.suspend_user(user.id)
    expect("only an active user is suspended", error is not None and "E0000001" in str(error))
    groups, _ = good("list the user's groups", await client.list_user_groups(user.id))
    expect("everybody is in Everyone", "Everyone" in {group.profile.to_dict()["name"] for group in groups})


async def read_log(client, user):
    """The System Log tells of the user's creation."""
    since = (datetime.now(timezone.utc) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    events = []

    async def told():
        found, _ = good(
            "read the log",
            await client.list_log_events(since=since, filter=f'eventType eq "user.lifecycle.create" and target.id eq "{user.id}"'),
        )
        events[:] = found
        return len(events) > 0

    await eventually("the log tells of the creation", told)
    expect("once, and with success", len(events) == 1 and events[0].outcome.result == "SUCCESS")


async def everything(client, people):
    await work_with_schema(client)
    await work_with_rule(client, people)
    await work_with_app(client, people)
    await work_with_lifecycle(client, people[1])
    await read_log(client, people[0])
