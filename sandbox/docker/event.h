/*
 * event.h - one event, as Docker says it (private to the docker module)
 */
#ifndef DRYDOCK_DOCKER_EVENT_H
#define DRYDOCK_DOCKER_EVENT_H

#include "sandbox/docker/command.h"

/* From a line of the session's log: {"time" (ns), "type", "action", "id", "attributes"}.
 * NULL when Docker has no such event.  Gives. */
json_t *event_read(const json_t *raw);
/* Do the --filter options let it through?  1, 0. */
int event_wanted(const struct opts *o, const json_t *event, struct err *err);
/* Docker's line; its JSON, in one line; the object that a template sees, which is given.
 */
void event_line(struct buf *out, const json_t *event);
void event_json(struct buf *out, const json_t *event);
json_t *event_object(const json_t *event);

#endif
