/*
 * wire.h - what the docker shim and its server say to each other
 *
 * A SOCK_SEQPACKET socket: one packet is one message.  The shim sends a hello with
 * descriptors (root, folder, then each stream that is not a terminal); afterwards
 * both send frames, whose first byte says what they are.  Both sides are of one
 * build, so numbers are in the machine's own order.
 *
 * The shim is static and links nothing, so this file includes nothing of ours.
 */
#ifndef DRYDOCK_WORKSTATION_WIRE_H
#define DRYDOCK_WORKSTATION_WIRE_H

#include <stdint.h>

#define WIRE_SOCKET "/dev/drydock/docker/docker.sock"

enum {
	WIRE_VERSION = 0x44440001,
	WIRE_HELLO_MAX = 128 << 10, /* bytes of a hello, strings included */
	WIRE_FRAME_MAX = 32 << 10,
	WIRE_INPUT_MAX = 4 << 10,
	WIRE_FDS_MAX = 5,
};

/* Followed by NUL-terminated strings: the folder's path, argv, environment. */
struct wire_hello {
	uint32_t version;
	uint32_t argc, envc;
	uint16_t cols, rows;
	uint8_t terminals; /* bit i: stream i is a terminal, which stays with the shim */
	uint8_t given;     /* bit i: stream i is passed along */
	uint8_t unused[2];
};

enum wire_frame {
	WIRE_OUT = 'o',    /* server: bytes for standard output */
	WIRE_ERR = 'e',    /* server: bytes for standard error */
	WIRE_EXIT = 'x',   /* server: int32_t exit code; the last one */
	WIRE_RAW = 'r',    /* server: one byte: the terminal is raw (1) or itself (0) */
	WIRE_WANT = 'w',   /* server: one WIRE_IN is wanted, when there is input */
	WIRE_IN = 'i',     /* shim: bytes of one read(2); none: the end */
	WIRE_SIZE = 'z',   /* shim: two uint16_t, columns and rows */
	WIRE_SIGNAL = 's', /* shim: int32_t signal that it got */
};

#endif
