"""What the steps of this client share: the references of links, and the errors that Microsoft Graph is expected to answer with."""

import asyncio

from kiota_abstractions.api_error import APIError

# Sent in references; Microsoft Graph looks at version, type and id only.
REFERENCES = "https://graph.microsoft.com/v1.0"


async def refused(step, request, status, words):
    """Expects an error with a status and words in its message."""
    try:
        await request
    except APIError as error:
        assert error.response_status_code == status, (step, error)
        assert words in error.error.message, (step, error.error.message)
        return
    raise AssertionError(f"{step}: was accepted")


async def eventually(step, condition):
    """Waits up to ten seconds for what Microsoft Graph does on its own time."""
    for _ in range(50):
        if await condition():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{step}: not within ten seconds")


def told(step):
    print(f"ok {step}")
