"""An RTSP server of GStreamer, run with the system's Python, which has its bindings: prints "ready" once it listens."""

import argparse
import importlib
import sys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--pipeline", required=True, help="up to a payloader named pay0")
    parser.add_argument("--user")
    parser.add_argument("--password")
    arguments = parser.parse_args()
    gi = importlib.import_module("gi")
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    gst, rtsp, glib = (importlib.import_module(f"gi.repository.{name}") for name in ("Gst", "GstRtspServer", "GLib"))
    gst.init(None)
    server = rtsp.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    factory = rtsp.RTSPMediaFactory()
    factory.set_launch(f"( {arguments.pipeline} )")
    factory.set_shared(True)
    if arguments.user:
        authentication, token = rtsp.RTSPAuth(), rtsp.RTSPToken()
        token.set_string("media.factory.role", arguments.user)
        authentication.add_basic(rtsp.RTSPAuth.make_basic(arguments.user, arguments.password), token)
        server.set_auth(authentication)
        permissions = rtsp.RTSPPermissions()
        permissions.add_permission_for_role(arguments.user, "media.factory.access", True)
        permissions.add_permission_for_role(arguments.user, "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    print("ready", flush=True)
    glib.MainLoop().run()


if __name__ == "__main__":
    main()
