"""What an operator does by the command line, on a running server or on a stopped one."""

import json

DOMAIN = "telfortglasvezel.nl"


def data(provider, *words):
    """A command that prints data, as JSON."""
    return json.loads(provider.run(*words, "--json").stdout)


def add_account(provider, address, password, *more):
    provider.run("account", "add", address, "--password-file", "-", *more, stdin=f"{password}\n")


def set_password(provider, address, password):
    provider.run("account", "password", address, "--password-file", "-", stdin=f"{password}\n")


def accounts(provider):
    return {account["address"]: account for account in data(provider, "account", "list")}


def queue(provider, *words):
    return data(provider, "queue", "list", *words)


def remove_account(provider, address):
    provider.run("account", "remove", address, "--confirm", address)


def remove_entry(provider, entry, reason, check=True):
    provider.run("queue", "remove", entry, "--reason", reason, "--confirm", entry, check=check)
