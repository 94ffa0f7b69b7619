"""The one error a user meets: what is wrong, where, what was expected, what was found, what to do.

Raised wherever input is bad. The commands print it without a stack trace and exit with status 2.
"""


class InputError(ValueError):
    """Something that came in from outside is not as it must be.

    Parts that are None are left out of the message; `do` is the next step for the user.
    """

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        expected: object = None,
        found: object = None,
        do: str | None = None,
    ) -> None:
        self.what, self.where, self.do = what, where, do
        parts = [f"{where}: {what}" if where is not None else what]
        if expected is not None:
            parts.append(f"expected {expected}")
        if found is not None:
            parts.append(f"found {found}")
        message = "; ".join(parts)
        super().__init__(f"{message.removesuffix('.')}. {do}" if do else message)
