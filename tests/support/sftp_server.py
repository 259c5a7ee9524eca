"""An SFTP server for tests, which shares nothing with ours: asyncssh.

    sftp_server.py FOLDER USER PASSWORD

Serves FOLDER/files to USER, with PASSWORD or the key in FOLDER/key, on a free port of 127.0.0.1, and prints one JSON
line: {"port": …, "host_key": "ssh-ed25519 AAAA…"}. Ends when stdin ends.
"""

import asyncio
import json
import pathlib
import sys

import asyncssh


async def main():
    folder, user, password = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    files = folder / "files"
    files.mkdir(parents=True)
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key.write_private_key(str(folder / "key"))

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username):
            return True

        def password_auth_supported(self):
            return True

        def validate_password(self, username, given):
            return (username, given) == (user, password)

        def public_key_auth_supported(self):
            return True

        def validate_public_key(self, username, key):
            return username == user and key == user_key.convert_to_public()

    def served(channel):
        return asyncssh.SFTPServer(channel, chroot=str(files).encode())

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host_key], server_factory=Server, sftp_factory=served
    )
    public = host_key.export_public_key().decode().split()
    print(json.dumps({"port": server.get_port(), "host_key": " ".join(public[:2])}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
