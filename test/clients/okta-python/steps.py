"""How the steps of this client are checked and told."""


def good(step, outcome):
    """Unpacks the SDK's (result, response, error) and raises on an error."""
    *result, error = outcome
    if error is not None:
        raise RuntimeError(f"{step}: {error}")
    print(f"ok {step}")
    return result


def expect(step, condition):
    if not condition:
        raise RuntimeError(f"{step}: not as expected")
    print(f"ok {step}")
