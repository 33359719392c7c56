// The room: one page from lobby to signing. The server says where a person sits; this page shows it.
import { Call } from "./call.js";
import { Live } from "./live.js";
import { Controls } from "./controls.js";

const hall = document.getElementById("room");
const live = new Live(hall);
const call = new Call(hall);
const controls = new Controls(hall, call, live);

live.onChange = () => controls.refresh();
live.open();
controls.open();
call.open();
