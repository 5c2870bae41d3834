"""Walks through users, groups, members, units, roles, licences, delta queries and $batch with Microsoft's Graph SDK for Python.

Environment: AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET,
GRAPH_BASE_URL (with /v1.0), CA_FILE (PEM of the authority to trust). Prints a line per step and exits 0 when everything is as expected.
"""

import asyncio
import os
import ssl
from urllib.parse import urlsplit

import access
import httpx
import queries
from azure.identity import ClientSecretCredential
from checks import REFERENCES, told
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.group import Group
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory

BASE_URL = os.environ["GRAPH_BASE_URL"]
CA_FILE = os.environ["CA_FILE"]
DOMAIN = os.environ.get("GRAPH_DOMAIN", "example.com")


def graph_client() -> GraphServiceClient:
    credential = ClientSecretCredential(
        tenant_id=os.environ["AZURE_TENANT_ID"],
        client_id=os.environ["AZURE_CLIENT_ID"],
        client_secret=os.environ["AZURE_CLIENT_SECRET"],
        authority=os.environ["AZURE_AUTHORITY_HOST"],
        disable_instance_discovery=True,
        connection_verify=CA_FILE,
    )
    # The provider attaches the token to hosts it knows only, named without port.
    provider = AzureIdentityAuthenticationProvider(
        credential,
        scopes=["https://graph.microsoft.com/.default"],
        allowed_hosts=[urlsplit(BASE_URL).hostname],
    )
    transport = httpx.AsyncClient(verify=ssl.create_default_context(cafile=CA_FILE), base_url=BASE_URL)
    http_client = GraphClientFactory.create_with_default_middleware(client=transport)
    adapter = GraphRequestAdapter(provider, http_client)
    adapter.base_url = BASE_URL
    return GraphServiceClient(request_adapter=adapter)


def new_user(name: str) -> User:
    return User(
        account_enabled=True,
        display_name=name,
        mail_nickname=name,
        user_principal_name=f"{name}@{DOMAIN}",
        password_profile=PasswordProfile(force_change_password_next_sign_in=True, password="Tr0ub4dor&3"),
    )


async def all_names(client: GraphServiceClient) -> set[str]:
    """Every userPrincipalName, read in pages of two."""
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "userPrincipalName"], filter="startsWith(userPrincipalName,'py-')", top=2
    )
    page = await client.users.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    names: set[str] = set()
    while page is not None:
        names.update(user.user_principal_name for user in page.value or [])
        link = page.odata_next_link
        page = await client.users.with_url(link).get() if link else None
    return names


async def walk_users(client: GraphServiceClient) -> list[str]:
    ids = [(await client.users.post(new_user(f"py-{index}"))).id for index in range(5)]
    assert await all_names(client) == {f"py-{index}@{DOMAIN}" for index in range(5)}
    await client.users.by_user_id(ids[0]).patch(User(job_title="Countess", account_enabled=False))
    assert (await client.users.by_user_id(f"py-0@{DOMAIN}").get()).job_title == "Countess"
    try:
        await client.users.post(new_user("py-1"))
        raise AssertionError("a duplicate userPrincipalName was accepted")
    except APIError as error:
        assert error.response_status_code == 400, error
        assert error.error.code == "Request_BadRequest", error
    told("users")
    return ids


async def walk_groups(client: GraphServiceClient, ids: list[str]) -> None:
    group = await client.groups.post(
        Group(display_name="py-group", mail_enabled=False, mail_nickname="py-group", security_enabled=True)
    )
    item = client.groups.by_group_id(group.id)
    await item.members.ref.post(ReferenceCreate(odata_id=f"{REFERENCES}/directoryObjects/{ids[0]}"))
    links = [f"{REFERENCES}/directoryObjects/{identifier}" for identifier in ids[1:4]]
    await item.patch(Group(additional_data={"members@odata.bind": links}))
    members = await item.members.get()
    assert {member.id for member in members.value} == set(ids[:4])
    assert all(isinstance(member, User) for member in members.value)
    await item.members.by_directory_object_id(ids[0]).ref.delete()
    assert len((await item.members.get()).value) == 3
    await item.patch(Group(description="changed"))
    assert (await item.get()).description == "changed"
    await item.delete()
    told("groups and members")


async def main() -> None:
    client = graph_client()
    ids = await walk_users(client)
    await walk_groups(client, ids)
    await access.walk(client, ids)
    await queries.walk(client, ids)
    for identifier in ids:
        await client.users.by_user_id(identifier).delete()
    assert await all_names(client) == set()
    print("done")


asyncio.run(main())
