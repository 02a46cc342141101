"""What a refusal's key says. The rules name keys; only here do they become words."""


def N_(message: str) -> str:  # noqa: N802  (the name that extractors know)
    """Marks a message for translation where it is not yet translated."""
    return message


MESSAGES = {
    "not-found": N_("This page does not exist, or not any more."),
    "not-allowed": N_("You are not allowed to do this."),
    "invalid": N_("Something in the form needs another look."),
    "name-missing": N_("Write the name that you want to be called by."),
    "name-too-long": N_("This name is too long: 80 characters at most."),
    "name-has-marks": N_("This name holds invisible marks. Type it again on the keyboard."),
    "unknown-choice": N_("Choose one from the list."),
    "pin-missing": N_("Choose a PIN of at least 6 digits, or a passphrase."),
    "pin-too-short": N_("This PIN is too short: at least 6 digits."),
    "pin-too-easy": N_("This PIN is among the first that others would try: no dates, no repeats."),
    "pins-differ": N_("The two are not the same. Type both again."),
    "passphrase-too-short": N_("A passphrase has at least 12 characters; a PIN has digits only."),
    "passphrase-too-easy": N_("This passphrase repeats itself too much."),
    "secret-too-long": N_("This is too long: 200 characters at most."),
    "staff-need-passphrase": N_("The secretariat signs in with a passphrase of 12 characters."),
    "wrong-name-or-secret": N_("This name and this PIN do not belong together."),
    "wrong-slip": N_("This name and this code do not belong together."),
    "wrong-secret": N_("This is not your present PIN or passphrase."),
    "too-many-tries": N_("Too many tries. Wait %(wait)s, then try again."),
    "use-slip": N_("Too many tries. Use your recovery slip to choose a new PIN."),
    "form-taken": N_("This form was already sent: your account exists. Sign in."),
    "changed-meanwhile": N_("Your details were changed meanwhile. Look at them, then save again."),
    "invitation-over": N_(
        "This link was used or is too old. Start the server again for a new one."
    ),
    "role-needs-country": N_("This role needs a country, or must have none."),
    "answer-missing": N_("Choose an answer first."),
    "answer-incomplete": N_("Something is still open here."),
    "answer-twice": N_("The same place was chosen twice."),
    "answer-unusable": N_("This answer cannot be read. Choose again."),
    "answer-not-a-number": N_("Write a number, in digits."),
    "attempt-over": N_("This attempt is over. Here is its result."),
    "body-not-a-form": N_("What was sent is not a form of ours."),
    "body-too-large": N_("What was sent is too large."),
    "body-too-slow": N_("The connection was too slow. Send it again."),
}
