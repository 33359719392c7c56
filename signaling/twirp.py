"""Twirp, the form of LiveKit's server API: a POST for each method, in protobuf or JSON."""

from __future__ import annotations

import time
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from signaling.access import Gate, Refused
from signaling.clock import steady
from signaling.entrance import body, token_of
from signaling.house import House
from signaling.port import Port
from signaling.roomservice import METHODS, Call, Failed

SIZE = 262_144
PROTOBUF, JSON = "application/protobuf", "application/json"
STATUS = {
    "malformed": 400,
    "invalid_argument": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "bad_route": 404,
    "not_found": 404,
    "failed_precondition": 412,
    "resource_exhausted": 429,
}


class RoomService:
    """Answers `/twirp/livekit.RoomService/…`."""

    def __init__(self, gate: Gate, house: House, port: Port) -> None:
        self.gate = gate
        self.house = house
        self.port = port

    async def call(self, request: Request) -> Response:
        """One call of one method."""
        try:
            answer = await self._called(request)
        except Failed as wrong:
            error = {"code": wrong.code, "msg": str(wrong)}
            return JSONResponse(error, STATUS[wrong.code])
        self.port.flush()
        if _kind(request) == PROTOBUF:
            return Response(answer.SerializeToString(), media_type=PROTOBUF)
        text = json_format.MessageToJson(
            answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        return Response(text, media_type=JSON)

    async def _called(self, request: Request) -> Any:
        known = METHODS.get(request.path_params["method"])
        if known is None or _kind(request) not in (PROTOBUF, JSON):
            raise Failed("bad_route", "no such method, or a content type we do not read")
        try:
            grants = self.gate.grants(token_of(request), time.time())
        except Refused as refused:
            raise Failed("unauthenticated", str(refused)) from refused
        form, method = known
        try:
            asked = _read(form, await body(request, SIZE), _kind(request))
        except Refused as refused:
            code = "resource_exhausted" if refused.status == 413 else "malformed"
            raise Failed(code, str(refused)) from refused
        return method(Call(self.house, asked, grants, steady()))


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _read(form: type[Any], body: bytes, kind: str) -> Any:
    try:
        if kind == PROTOBUF:
            return form.FromString(body)
        return json_format.Parse(body, form(), ignore_unknown_fields=True)
    except (DecodeError, json_format.ParseError, ValueError, RecursionError) as wrong:
        raise Failed("malformed", "the request cannot be read") from wrong
