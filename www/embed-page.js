// embed.html?scenario=ack-lost&step=8: for hosts that allow an iframe, but no script.

import { address } from "./embed-address.js";

const asked = new URLSearchParams(location.search);
location.replace(new URL(address((name) => asked.get(name)), new URL("./", location.href)));
