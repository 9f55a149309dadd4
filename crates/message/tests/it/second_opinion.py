"""Python's reading of a folder of messages: for each, a line of JSON with its name, the outline of its parts and its subject."""
import email
import email.policy
import json
import pathlib
import sys


def outline(message):
    kind = message.get_content_type()
    inside = message.get_payload() if message.is_multipart() else []
    if kind == "message/delivery-status" or not inside:
        return kind
    return kind + "(" + " ".join(outline(part) for part in inside) + ")"


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml"), key=lambda path: path.stem):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    subject = message["subject"]
    print(json.dumps({
        "name": path.stem,
        "outline": outline(message),
        "subject": None if subject is None else str(subject),
    }))
