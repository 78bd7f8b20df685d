/*
 * names.c - what JSON does not tell about Docker's Go types
 *
 * Docker's inspect structs hold maps and slices that may be nil; in JSON a map
 * looks like a struct and a nil anything is null.  Members are told by name.
 */
#include "sandbox/format/names.h"

static const char *const maps[] = {"Annotations", "Attributes", "Containers", "Data",
    "DriverOpts", "ExposedPorts", "Labels", "Networks", "Options", "PortBindings",
    "Ports", "StorageOpt", "Sysctls", "Tmpfs", "Volumes"};

static const char *const lists[] = {"Aliases", "Args", "Binds", "CapAdd", "CapDrop",
    "Cmd", "DNSNames", "DeviceCgroupRules", "DeviceRequests", "Devices", "Dns",
    "DnsOptions", "DnsSearch", "Entrypoint", "Env", "ExecIDs", "ExtraHosts", "GroupAdd",
    "Layers", "Links", "Log", "MaskedPaths", "Mounts", "OnBuild", "ReadonlyPaths",
    "RepoDigests", "RepoTags", "SecondaryIPAddresses", "SecondaryIPv6Addresses",
    "SecurityOpt", "Shell", "Test", "Ulimits", "VolumesFrom"};

/* Names that mean something else in one place. */
static const struct {
	const char *parent, *key;
	enum value_kind kind;
} exceptions[] = {
    {"LogConfig", "Config", VALUE_MAP},
    {"IPAM", "Config", VALUE_LIST},
};

/* Members that Docker's JSON leaves out when they are empty, and their zero values. */
static const struct {
	const char *parent, *key;
	enum value_kind kind;
} omitted[] = {
    {"State", "Health", VALUE_NIL},
    {"Config", "Healthcheck", VALUE_NIL},
    {"Config", "ExposedPorts", VALUE_MAP},
    {"Config", "ArgsEscaped", VALUE_BOOL},
    {"Config", "NetworkDisabled", VALUE_BOOL},
    {"Config", "MacAddress", VALUE_STRING},
    {"Config", "StopSignal", VALUE_STRING},
    {"Config", "StopTimeout", VALUE_NIL},
    {"Config", "Shell", VALUE_LIST},
    {"RootFS", "Layers", VALUE_LIST},
    {"HostConfig", "Mounts", VALUE_LIST},
    {"HostConfig", "Annotations", VALUE_MAP},
    {"HostConfig", "StorageOpt", VALUE_MAP},
    {"HostConfig", "Tmpfs", VALUE_MAP},
    {"HostConfig", "Sysctls", VALUE_MAP},
    {"", "Variant", VALUE_STRING},
    {"", "OsVersion", VALUE_STRING},
    {"", "SizeRw", VALUE_NIL},
    {"", "SizeRootFs", VALUE_NIL},
};

static bool
in_list(const char *const *list, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], key))
			return true;
	return false;
}

enum value_kind
format_names_kind(const char *parent, const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (str_eq(exceptions[i].key, key) &&
		    str_eq(exceptions[i].parent, parent))
			return exceptions[i].kind;
	/* A port of a map of ports has a list of bindings. */
	if (str_eq(parent, "Ports") || str_eq(parent, "PortBindings"))
		return VALUE_LIST;
	if (in_list(maps, ARRAY_LEN(maps), key))
		return VALUE_MAP;
	return in_list(lists, ARRAY_LEN(lists), key) ? VALUE_LIST : VALUE_NIL;
}

struct value
format_value_omitted(const char *parent, const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(omitted); i++)
		if (str_eq(omitted[i].parent, parent) && str_eq(omitted[i].key, key))
			return (struct value){
			    .kind = omitted[i].kind, .s = "", .name = key};
	return (struct value){.kind = VALUE_NONE};
}
