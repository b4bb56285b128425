// mdBook loads this as a plain script; a plain script can load a module.
import("/tools/ackward/embed.js");
