/*
 * open.c - a session for the tutor, and where our programs are
 */
#include "sandbox/private.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The keeper of the private network ends with the pipe's other end, so with us. */
static int
make_private_network(struct sandbox *s, struct err *err)
{
	struct holder *h = store_holder(s->store, err);
	int pipes[2];

	if (h == NULL)
		return -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int theirs = pipes[0];
	s->lifeline = pipes[1];
	s->net_keeper = network_keep(h, theirs, err);
	if (s->net_keeper < 0)
		return err_while(err, "making a private network");
	return session_set_outer(s->session, s->net_keeper, err);
}

int
sandbox_open(
    const char *name, enum sandbox_outer outer, struct sandbox **ret, struct err *err)
{
	cleanup_sandbox struct sandbox *s = xcalloc(1, sizeof *s);

	s->lifeline = -1;
	s->net_keeper = -1;
	s->outer = outer;
	if (store_open(NULL, &s->store, err) < 0 ||
	    session_open(s->store, name, &s->session, err) < 0)
		return -1;
	if (outer == SANDBOX_OUTER_PRIVATE && make_private_network(s, err) < 0)
		return -1;
	if (outer == SANDBOX_OUTER_HOST && session_set_outer(s->session, 0, err) < 0)
		return -1;
	*ret = take_ptr(s);
	return 0;
}

void
sandbox_free(struct sandbox *s)
{
	if (s == NULL)
		return;
	if (s->net_keeper > 0) {
		session_set_outer(s->session, 0, NULL);
		fd_close_p(&s->lifeline);
		waitpid(s->net_keeper, NULL, WNOHANG);
	}
	fd_close_p(&s->lifeline);
	session_free(s->session);
	store_free(s->store);
	free(s);
}

void
sandbox_free_p(struct sandbox **s)
{
	sandbox_free(*s);
	*s = NULL;
}

struct session *
sandbox_session(const struct sandbox *s)
{
	return s->session;
}

struct store *
sandbox_store(const struct sandbox *s)
{
	return s->store;
}

char *
sandbox_program(const char *name, struct err *err)
{
	return proc_program(name, err);
}

int
sandbox_enter_outer(struct sandbox *s, struct err *err)
{
	cleanup_fd int netns = session_outer_netns(s->session);
	struct holder *h;

	if (netns < 0)
		return 0;
	h = store_holder(s->store, err);
	if (h == NULL || holder_enter(h, false, err) < 0)
		return -1;
	if (setns(netns, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot join the session's network");
	return 0;
}
