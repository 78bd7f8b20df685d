/*
 * inspect_host.c - HostConfig of `docker inspect`, as engine 26.1 gives it
 *
 * Member order is that engine's; values that this engine has no counterpart for are
 * what Docker says by default.
 */
#include "sandbox/container/private.h"
#include <stdlib.h>

static const char *const masked[] = {"/proc/asound", "/proc/acpi", "/proc/kcore",
    "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"};
static const char *const readonly[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

static json_t *
texts(const char *const *list, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(list[i]));
	return a;
}

/* "k=v" lines as a map. */
static json_t *
map_of(const struct vec *v)
{
	json_t *j = json_object();

	for (size_t i = 0; i < v->len; i++) {
		cleanup_free char *key = xstrndup(v->v[i], strcspn(v->v[i], "="));
		const char *value = v->v[i] + strlen(key);

		json_object_set_new(j, key, json_string(*value == '=' ? value + 1 : ""));
	}
	return j;
}

static json_t *
ulimits(const struct vec *v)
{
	json_t *a = json_array();

	for (size_t i = 0; i < v->len; i++) {
		cleanup_free char *name = xstrndup(v->v[i], strcspn(v->v[i], "="));
		const char *soft = v->v[i] + strlen(name) + 1, *hard = strchr(soft, ':');

		json_array_append_new(
		    a, json_pack("{s:s, s:I, s:I}", "Name", name, "Hard",
			   (json_int_t)strtoll(hard != NULL ? hard + 1 : soft, NULL, 10),
			   "Soft", (json_int_t)strtoll(soft, NULL, 10)));
	}
	return a;
}

static json_t *
devices(const struct vec *v)
{
	json_t *a = json_array();

	for (size_t i = 0; i < v->len; i++) {
		cleanup_device struct device d;

		device_parse(v->v[i], &d);
		json_array_append_new(
		    a, json_pack("{s:s, s:s, s:s}", "PathOnHost", d.host,
			   "PathInContainer", d.inside, "CgroupPermissions", d.rights));
	}
	return a;
}

static json_t *
log_config(const struct container_config *c)
{
	return json_pack("{s:s, s:o}", "Type",
	    c->log_driver != NULL ? c->log_driver : "json-file", "Config",
	    map_of(&c->log_opts));
}

static json_t *
restart_object(const struct restart_policy *p)
{
	static const char *const policies[] = {[RESTART_NO] = "no",
	    [RESTART_ALWAYS] = "always",
	    [RESTART_UNLESS_STOPPED] = "unless-stopped",
	    [RESTART_FAILURE] = "on-failure"};

	return json_pack(
	    "{s:s, s:i}", "Name", policies[p->kind], "MaximumRetryCount", (int)p->max);
}

static json_t *
text(const char *s)
{
	return json_string(s != NULL ? s : "");
}

/* "/db:/web/alias", in the order of the names. */
static json_t *
links_of(const struct container_config *c)
{
	cleanup_vec struct vec all = VEC_INIT;

	for (size_t i = 0; i < c->links.len; i++) {
		size_t len = strcspn(c->links.v[i], ":");

		vec_addf(&all, "/%.*s:/%s/%s", (int)len, c->links.v[i], c->name,
		    c->links.v[i] + len + (c->links.v[i][len] == ':'));
	}
	return list_or_null(&all);
}

/* Everything before the limits. */
static void
add_surroundings(
    json_t *j, const struct container_config *c, const struct restart_policy *restart)
{
	json_t *tmpfs = mounts_tmpfs(c);

	json_object_set_new(j, "Binds", list_or_null(&c->binds));
	json_object_set_new(j, "ContainerIDFile", text(c->cidfile));
	json_object_set_new(j, "LogConfig", log_config(c));
	json_object_set_new(j, "NetworkMode", json_string(network_mode(c)));
	json_object_set_new(j, "PortBindings", ports_inspect(c->ports, c->nports, false));
	json_object_set_new(j, "RestartPolicy", restart_object(restart));
	json_object_set_new(j, "AutoRemove", json_boolean(c->auto_remove));
	json_object_set_new(j, "VolumeDriver", json_string(""));
	json_object_set_new(j, "VolumesFrom", list_or_null(&c->volumes_from));
	json_object_set_new(j, "ConsoleSize", json_pack("[i, i]", 0, 0));
	if (c->annotations.len > 0)
		json_object_set_new(j, "Annotations", map_of(&c->annotations));
	json_object_set_new(j, "CapAdd", list_or_null(&c->cap_add));
	json_object_set_new(j, "CapDrop", list_or_null(&c->cap_drop));
	json_object_set_new(j, "CgroupnsMode", json_string("private"));
	json_object_set_new(j, "Dns", json_array());
	json_object_set_new(j, "DnsOptions", json_array());
	json_object_set_new(j, "DnsSearch", json_array());
	json_object_set_new(j, "ExtraHosts", json_null());
	json_object_set_new(j, "GroupAdd", list_or_null(&c->group_add));
	json_object_set_new(
	    j, "IpcMode", json_string(c->ipc != NULL ? c->ipc : "private"));
	json_object_set_new(j, "Cgroup", json_string(""));
	json_object_set_new(j, "Links", links_of(c));
	json_object_set_new(j, "OomScoreAdj", json_integer(c->oom_score_adj));
	json_object_set_new(j, "PidMode", text(c->pid));
	json_object_set_new(j, "Privileged", json_boolean(c->privileged));
	json_object_set_new(j, "PublishAllPorts", json_boolean(c->publish_all));
	json_object_set_new(j, "ReadonlyRootfs", json_boolean(c->readonly_root));
	json_object_set_new(j, "SecurityOpt", list_or_null(&c->security));
	if (tmpfs != NULL)
		json_object_set_new(j, "Tmpfs", tmpfs);
	json_object_set_new(j, "UTSMode", text(c->uts));
	json_object_set_new(j, "UsernsMode", json_string(""));
	json_object_set_new(
	    j, "ShmSize", json_integer(c->shm_size != 0 ? c->shm_size : 67108864));
	if (c->sysctls.len > 0)
		json_object_set_new(j, "Sysctls", map_of(&c->sysctls));
	json_object_set_new(j, "Runtime", json_string("runc"));
	json_object_set_new(j, "Isolation", json_string(""));
}

static void
add_resources(json_t *j, const struct container_config *c)
{
	static const char *const zero[] = {
	    "CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime"};

	json_object_set_new(j, "CpuShares", json_integer(0));
	json_object_set_new(j, "Memory", json_integer(0));
	json_object_set_new(j, "NanoCpus", json_integer(0));
	json_object_set_new(j, "CgroupParent", json_string(""));
	json_object_set_new(j, "BlkioWeight", json_integer(0));
	json_object_set_new(j, "BlkioWeightDevice", json_array());
	json_object_set_new(j, "BlkioDeviceReadBps", json_array());
	json_object_set_new(j, "BlkioDeviceWriteBps", json_array());
	json_object_set_new(j, "BlkioDeviceReadIOps", json_array());
	json_object_set_new(j, "BlkioDeviceWriteIOps", json_array());
	for (size_t i = 0; i < ARRAY_LEN(zero); i++)
		json_object_set_new(j, zero[i], json_integer(0));
	json_object_set_new(j, "CpusetCpus", json_string(""));
	json_object_set_new(j, "CpusetMems", json_string(""));
	json_object_set_new(j, "Devices", devices(&c->devices));
	json_object_set_new(j, "DeviceCgroupRules", json_null());
	json_object_set_new(j, "DeviceRequests", json_null());
	json_object_set_new(j, "MemoryReservation", json_integer(0));
	json_object_set_new(j, "MemorySwap", json_integer(0));
	json_object_set_new(j, "MemorySwappiness", json_null());
	json_object_set_new(j, "OomKillDisable", json_null());
	json_object_set_new(j, "PidsLimit", json_null());
	json_object_set_new(j, "Ulimits", ulimits(&c->ulimits));
	json_object_set_new(j, "CpuCount", json_integer(0));
	json_object_set_new(j, "CpuPercent", json_integer(0));
	json_object_set_new(j, "IOMaximumIOps", json_integer(0));
	json_object_set_new(j, "IOMaximumBandwidth", json_integer(0));
}

json_t *
host_config_object(const struct container_config *c, const struct restart_policy *restart)
{
	struct runtime_rights rights;
	json_t *j = json_object();

	add_surroundings(j, c, restart);
	add_resources(j, c);
	limits_inspect(&c->limits, j);
	rights_of(c, &rights);
	json_object_set_new(
	    j, "MaskedPaths", texts(masked, rights.open_paths ? 0 : ARRAY_LEN(masked)));
	json_object_set_new(j, "ReadonlyPaths",
	    texts(readonly, rights.open_paths ? 0 : ARRAY_LEN(readonly)));
	if (c->init)
		json_object_set_new(j, "Init", json_true());
	return j;
}
