/*
 * events.c - what has happened in a session, one line each
 */
#include "sandbox/session/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int
open_log(struct session *s, int flags)
{
	return openat(
	    s->dir, "events.log", flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Opened once: a monitor that has entered the id map could not open it any more. */
int
session_events_ready(struct session *s, struct err *err)
{
	s->events = open_log(s, O_WRONLY | O_APPEND);
	return s->events < 0
		   ? err_sys(err, "cannot open the events of session '%s'", s->name)
		   : 0;
}

void
session_event(struct session *s, const char *type, const char *action, const char *id,
    json_t *attributes)
{
	cleanup_json json_t *j = json_object();
	cleanup_free char *text = NULL, *line = NULL;

	json_object_set_new(j, "time", json_integer(clock_now()));
	json_object_set_new(j, "type", json_string(type));
	json_object_set_new(j, "action", json_string(action));
	json_object_set_new(j, "id", json_string(id));
	json_object_set_new(
	    j, "attributes", attributes != NULL ? attributes : json_object());
	text = json_dumps(j, JSON_COMPACT);
	if (text == NULL)
		return;
	line = xasprintf("%s\n", text);
	/* one write(2) with O_APPEND: lines of two processes never mix */
	if (write(s->events, line, strlen(line)) < 0)
		log_debug("event '%s %s' is not logged", type, action);
}

int
session_events_open(struct session *s, long long offset, struct err *err)
{
	cleanup_fd int fd = open_log(s, O_RDONLY);

	if (fd < 0 || lseek(fd, offset, SEEK_SET) < 0)
		return err_sys(err, "cannot open the events of session '%s'", s->name);
	return take_fd(&fd);
}
