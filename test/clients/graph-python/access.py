"""Administrative units, roles, app roles, licences and authentication methods, with Microsoft's Graph SDK for Python."""

from uuid import UUID

from checks import REFERENCES, eventually, refused, told
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.administrative_unit import AdministrativeUnit
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.temporary_access_pass_authentication_method import (
    TemporaryAccessPassAuthenticationMethod,
)
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import AssignLicensePostRequestBody
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
CONFLICT = "A conflicting object with one or more of the specified property values is present in the directory"


async def walk_units(client: GraphServiceClient, ids: list[str]) -> str:
    """A unit with members; returns its id."""
    unit = await client.directory.administrative_units.post(
        AdministrativeUnit(display_name="py-unit", description="made by the SDK")
    )
    item = client.directory.administrative_units.by_administrative_unit_id(unit.id)
    for identifier in ids[:3]:
        await item.members.ref.post(ReferenceCreate(odata_id=f"{REFERENCES}/users/{identifier}"))
    again = item.members.ref.post(ReferenceCreate(odata_id=f"{REFERENCES}/users/{ids[0]}"))
    await refused("add a member of a unit twice", again, 400, CONFLICT)
    await item.members.by_directory_object_id(ids[0]).ref.delete()
    members = await item.members.get()
    assert {member.id for member in members.value} == set(ids[1:3])
    assert all(isinstance(member, User) for member in members.value)
    await item.patch(AdministrativeUnit(description="changed"))
    assert (await item.get()).description == "changed"
    told("administrative units")
    return unit.id


async def walk_roles(client: GraphServiceClient, user: str, unit: str) -> None:
    """A role in the whole tenant and one in a unit."""
    assignments = client.role_management.directory.role_assignments
    for scope in ("/", f"/administrativeUnits/{unit}"):
        wanted = UnifiedRoleAssignment(
            role_definition_id=USER_ADMINISTRATOR, principal_id=user, directory_scope_id=scope
        )
        made = await assignments.post(wanted)
        assert (made.principal_id, made.directory_scope_id) == (user, scope)
        await refused("assign a role twice", assignments.post(wanted), 400, CONFLICT)
    parameters = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters(
        filter=f"principalId eq '{user}'", expand=["roleDefinition"]
    )
    found = await assignments.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    assert len(found.value) == 2
    assert {one.role_definition.display_name for one in found.value} == {"User Administrator"}
    for one in found.value:
        await assignments.by_unified_role_assignment_id(one.id).delete()
    found = await assignments.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    assert found.value == []
    told("role assignments")


async def walk_app_roles(client: GraphServiceClient, user: str) -> None:
    """An application assigned to a user."""
    parameters = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters(
        filter="displayName eq 'Payroll'", select=["id", "appId", "displayName"]
    )
    page = await client.service_principals.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    (payroll,) = page.value
    assigned_to = client.service_principals.by_service_principal_id(payroll.id).app_role_assigned_to
    wanted = AppRoleAssignment(principal_id=UUID(user), resource_id=UUID(payroll.id), app_role_id=UUID(int=0))
    made = await assigned_to.post(wanted)
    assert (made.principal_type, made.resource_display_name) == ("User", "Payroll")
    await refused(
        "assign an app role twice", assigned_to.post(wanted), 400, "Permission being assigned already exists on the object"
    )
    held = await client.users.by_user_id(user).app_role_assignments.get()
    assert [one.id for one in held.value] == [made.id]
    await assigned_to.by_app_role_assignment_id(made.id).delete()
    assert (await client.users.by_user_id(user).app_role_assignments.get()).value == []
    told("app role assignments")


async def licences_of(client: GraphServiceClient, user: str) -> list[AssignedLicense]:
    parameters = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(
        select=["id", "assignedLicenses", "licenseAssignmentStates"]
    )
    configuration = RequestConfiguration(query_parameters=parameters)
    return (await client.users.by_user_id(user).get(request_configuration=configuration)).assigned_licenses


async def walk_licences(client: GraphServiceClient, user: str) -> None:
    """A licence needs a usage location, takes a seat and gives it back."""
    (sku,) = [one for one in (await client.subscribed_skus.get()).value if one.sku_part_number == "PAYROLL_SUITE"]
    give = AssignLicensePostRequestBody(
        add_licenses=[AssignedLicense(sku_id=sku.sku_id, disabled_plans=[])], remove_licenses=[]
    )
    item = client.users.by_user_id(user)
    await refused(
        "a licence without usage location",
        item.assign_license.post(give),
        400,
        "License assignment cannot be done for user with invalid usage location.",
    )
    await item.patch(User(usage_location="CH"))
    await item.assign_license.post(give)
    assert [one.sku_id for one in await licences_of(client, user)] == [sku.sku_id]

    async def seats(taken):
        (now,) = [one for one in (await client.subscribed_skus.get()).value if one.sku_id == sku.sku_id]
        return now.consumed_units == taken

    await eventually("a seat is taken", lambda: seats(1))
    await item.assign_license.post(AssignLicensePostRequestBody(add_licenses=[], remove_licenses=[sku.sku_id]))
    assert await licences_of(client, user) == []
    await eventually("the seat is free", lambda: seats(0))
    told("licences")


async def walk_methods(client: GraphServiceClient, user: str) -> None:
    """A Temporary Access Pass is told once."""
    authentication = client.users.by_user_id(user).authentication
    made = await authentication.temporary_access_pass_methods.post(
        TemporaryAccessPassAuthenticationMethod(lifetime_in_minutes=60, is_usable_once=True)
    )
    assert made.temporary_access_pass and made.lifetime_in_minutes == 60
    (read,) = (await authentication.temporary_access_pass_methods.get()).value
    assert read.id == made.id and read.temporary_access_pass is None
    kinds = {method.odata_type for method in (await authentication.methods.get()).value}
    assert "#microsoft.graph.temporaryAccessPassAuthenticationMethod" in kinds, kinds
    await authentication.temporary_access_pass_methods.by_temporary_access_pass_authentication_method_id(
        made.id
    ).delete()
    assert (await authentication.temporary_access_pass_methods.get()).value == []
    told("authentication methods")


async def walk(client: GraphServiceClient, ids: list[str]) -> None:
    unit = await walk_units(client, ids)
    await walk_roles(client, ids[1], unit)
    await client.directory.administrative_units.by_administrative_unit_id(unit).delete()
    await walk_app_roles(client, ids[1])
    await walk_licences(client, ids[1])
    await walk_methods(client, ids[1])
