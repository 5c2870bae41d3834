"""Delta queries, $batch and getByIds, with Microsoft's Graph SDK for Python."""

from checks import told
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.directory_objects.get_by_ids.get_by_ids_post_request_body import GetByIdsPostRequestBody
from msgraph.generated.groups.delta.delta_request_builder import DeltaRequestBuilder as GroupsDelta
from msgraph.generated.models.group import Group
from msgraph.generated.models.user import User
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder as UsersDelta
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def every_page(builder, page):
    """All objects of a round of a delta query, and the link of the next round."""
    found = {}
    while True:
        found.update({one.id: one for one in page.value or []})
        if page.odata_delta_link:
            return found, page.odata_delta_link
        page = await builder.with_url(page.odata_next_link).get()


async def walk_users_delta(client: GraphServiceClient, ids: list[str]) -> None:
    """The first round tells of everybody, the next of the changes alone."""
    builder = client.users.delta
    parameters = UsersDelta.DeltaRequestBuilderGetQueryParameters(select=["displayName", "jobTitle"])
    first = await builder.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    found, link = await every_page(builder, first)
    assert set(ids) <= set(found)
    assert found[ids[0]].job_title == "Countess"
    found, link = await every_page(builder, await builder.with_url(link).get())
    assert found == {}, found
    await client.users.by_user_id(ids[1]).patch(User(job_title="Duke"))
    await client.users.by_user_id(ids[4]).delete()
    found, link = await every_page(builder, await builder.with_url(link).get())
    assert set(found) == {ids[1], ids[4]}, found
    assert found[ids[1]].job_title == "Duke"
    assert found[ids[4]].additional_data["@removed"] is not None
    await client.directory.deleted_items.by_directory_object_id(ids[4]).restore.post()
    found, _ = await every_page(builder, await builder.with_url(link).get())
    assert ids[4] in found
    told("delta of users")


async def walk_groups_delta(client: GraphServiceClient, ids: list[str]) -> None:
    """Members that came and went are told as such."""
    group = await client.groups.post(
        Group(
            display_name="py-delta",
            mail_enabled=False,
            mail_nickname="py-delta",
            security_enabled=True,
            additional_data={"members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{one}" for one in ids[:2]]},
        )
    )
    builder = client.groups.delta
    parameters = GroupsDelta.DeltaRequestBuilderGetQueryParameters(
        select=["displayName", "members"], filter=f"id eq '{group.id}'"
    )
    first = await builder.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    found, link = await every_page(builder, first)
    members = found[group.id].additional_data["members@delta"]
    assert len(members) == 2
    await client.groups.by_group_id(group.id).members.by_directory_object_id(ids[0]).ref.delete()
    found, _ = await every_page(builder, await builder.with_url(link).get())
    (gone,) = found[group.id].additional_data["members@delta"]
    told_of = gone.additional_data if hasattr(gone, "additional_data") else gone
    assert ids[0] in str(told_of) and "deleted" in str(told_of), told_of
    await client.groups.by_group_id(group.id).delete()
    told("delta of groups and their members")


async def batched(client: GraphServiceClient, requests) -> dict[str, int]:
    """The statuses of requests sent in one. The SDK reads no JSON bodies of theirs: kiota 1.16 takes them for base64."""
    content = BatchRequestContent()
    for index, (path, request) in enumerate(requests):
        item = BatchRequestItem(request, id=str(index))
        item.set_url(path)
        content.add_request(str(index), item)
    return (await client.batch.post(content)).get_response_status_codes()


async def walk_batch(client: GraphServiceClient, ids: list[str]) -> None:
    """Twenty requests in one, each with its own answer."""
    users = [*ids, *([UNKNOWN] * (20 - len(ids)))]
    reads = [(f"/users/{one}", client.users.by_user_id(one).to_get_request_information()) for one in users]
    statuses = await batched(client, reads)
    assert statuses == {str(index): 404 if one == UNKNOWN else 200 for index, one in enumerate(users)}, statuses
    changes = [
        (f"/users/{one}", client.users.by_user_id(one).to_patch_request_information(User(office_location=f"Room {index}")))
        for index, one in enumerate(ids)
    ]
    statuses = await batched(client, changes)
    assert set(statuses.values()) == {204} and len(statuses) == len(ids), statuses
    for index, one in enumerate(ids):
        assert (await client.users.by_user_id(one).get()).office_location == f"Room {index}"
    told("$batch")


async def walk_lookups(client: GraphServiceClient, ids: list[str]) -> None:
    """Many objects by id, and advanced queries."""
    found = await client.directory_objects.get_by_ids.post(GetByIdsPostRequestBody(ids=[*ids, UNKNOWN], types=["user"]))
    assert {one.id for one in found.value} == set(ids)
    assert all(isinstance(one, User) for one in found.value)
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        search='"displayName:py-"', count=True, orderby=["displayName"], select=["id", "displayName"]
    )
    configuration = RequestConfiguration(query_parameters=parameters)
    configuration.headers.add("ConsistencyLevel", "eventual")
    page = await client.users.get(request_configuration=configuration)
    assert page.odata_count == len(ids)
    assert [one.display_name for one in page.value] == [f"py-{index}" for index in range(len(ids))]
    told("getByIds and $search")


async def walk(client: GraphServiceClient, ids: list[str]) -> None:
    await walk_lookups(client, ids)
    await walk_batch(client, ids)
    await walk_groups_delta(client, ids)
    await walk_users_delta(client, ids)
