/*
 * relay.h - between a program's streams and whoever is attached to it
 *
 * One poll loop, used by a container's monitor and by an exec's keeper.  Output goes to
 * the log and to every client, clients' input goes to the program.  Knows nothing of
 * containers; private to this module.
 */
#ifndef DRYDOCK_CONTAINER_RELAY_H
#define DRYDOCK_CONTAINER_RELAY_H

#include "sandbox/container/private.h"

enum { RELAY_CLIENTS = 16 };
enum relay_guests { RELAY_NETWORK, RELAY_PROBE, RELAY_GUESTS };

struct relay_client {
	int sock;
	bool in, out; /* it wants to write, to read */
	/* Output that its socket had no room for: nothing more is read until it has
	 * gone, so a slow terminal slows the container, as it should. */
	struct buf unsent;
	enum wire_kind unsent_kind;
};

struct relay {
	int pidfd;          /* of the program; borrowed */
	int in, out, errfd; /* our ends of its streams, owned; -1 */
	int console;        /* with a terminal: for its size; borrowed, or -1 */
	bool in_once;       /* its input ends with the client that writes it */
	bool pass_signals;
	struct log_writer *log; /* NULL: none */
	int listener;           /* where further clients come; owned, -1 */

	/* Further descriptors (-1: none): when one is readable, its work(arg) is called.
	 */
	struct relay_guest {
		int fd;
		void (*work)(void *arg);
	} guests[RELAY_GUESTS];
	/* A client's WIRE_NETWORK message: done, or -1 and why. */
	int (*change)(void *arg, const char *text, size_t len, struct err *err);
	/* Called at `due` (CLOCK_MONOTONIC, 0: never); returns the next time. */
	int64_t due;
	int64_t (*tick)(struct relay *r, void *arg);
	void *arg;

	struct relay_client clients[RELAY_CLIENTS];
	size_t nclients;
	struct buf input; /* what the program has not read yet */
	bool input_ended;
};

void relay_init(struct relay *r);
/* Takes the socket. */
void relay_add_client(struct relay *r, int sock, bool in, bool out);
/* Until the program has ended and what it wrote is where it belongs. */
void relay_run(struct relay *r);
/* The last word to all clients; closes everything. */
void relay_done(struct relay *r, int code);

#endif
