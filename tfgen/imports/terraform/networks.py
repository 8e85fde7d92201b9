"""The network around a harness, out of Terraform modules: endpoints, groups, VPC, subnets. Reads no file itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.imports import vocabulary
from tfgen.imports.existing_network import UNCOUNTED, Around, Endpoint, Untold, Vpc, vpc_config
from tfgen.imports.network_vocabulary import known, service_of, written
from tfgen.imports.policies import Document
from tfgen.imports.roles_found import document
from tfgen.imports.terraform.firewall import groups
from tfgen.imports.terraform.harnesses import Resource
from tfgen.imports.terraform.made import DATA, Made, Networks, address_of, elements, owner_of, references, resolved
from tfgen.terraform.module import Module
from tfgen.terraform.values import Leaf, Node, Symbol

_GATEWAY: Final = EndpointKind.GATEWAY
"""What an endpoint is that does not say its type."""


def is_in_vpc(harness: Resource) -> bool:
    """Whether a harness says in which subnets and with which security groups sessions run."""
    return vpc_config(harness.body) is not None


def around(harness: Resource, tree: Networks) -> Around | None:
    """What the tree has around one harness; None when that is in no VPC, or when there is nothing of its network."""
    said = vpc_config(harness.body)
    if said is None:
        return None
    terms = vocabulary.network()
    untold = list(tree.untold)
    named = list(references(said.items.get("security_groups"), terms.group, harness.module, tree))
    sessions = tuple(dict.fromkeys(address for _, address in named))
    for node, address in named:
        if not address:
            untold.append(Untold(written(node), node.place, "its rules are not in the source"))
    found_groups, loose = groups(tree)
    own = [one for one in tree.made.get(terms.group, ()) if one.address in sessions]
    vpc = _vpc_of(own[0], tree) if own else Vpc("", is_made=False)
    endpoints, more = _endpoints(tree, vpc)
    if not endpoints and not any(sessions):
        return None
    kinds = {step for one in tree.untold for step in one.subject.split(".")}
    return Around(
        place=said.place,
        endpoints=tuple(endpoints),
        groups=found_groups,
        sessions=sessions,
        untold=(*untold, *more, *loose),
        elsewhere=tuple(_elsewhere(tree, vpc, is_counted=not more and terms.endpoint not in kinds)),
        has_loose_rules=bool(loose) or bool(kinds & terms.rules.keys()),
        has_loose_policies=(terms.endpoint_policy, "") in tree.beside or terms.endpoint_policy in kinds,
        vpc=resolved(own[0].body.items.get("vpc_id"), own[0].module, tree) if own else None,
        subnets=resolved(said.items.get("subnets"), harness.module, tree),
        route_tables=tuple(_route_tables(said.items.get("subnets"), harness.module, tree)),
        assumed=tuple(tree.assumed),
        uncounted=tuple(one.subject for one in (*tree.untold, *more) if terms.endpoint in one.subject.split(".")),
    )


def _elsewhere(tree: Networks, vpc: Vpc, *, is_counted: bool) -> Iterator[str]:
    """Why there may be more endpoints than the source shows."""
    if not vpc.is_made:
        yield "the VPC is not made here, and its endpoints need not be"
    for address in tree.not_followed:
        yield f"{address} is not looked into"
    if not is_counted:
        yield UNCOUNTED


def _route_tables(subnets: Node | None, module: Module, tree: Networks) -> Sequence[Node]:
    """The route tables of all subnets, each once; none when that of one subnet is not known."""
    terms = vocabulary.network()
    tables: dict[str, Node] = {}
    for one in tree.made.get(terms.route_association, ()):
        table = resolved(one.body.items.get("route_table_id"), one.module, tree)
        if table is not None:
            tables[owner_of(one, "subnet_id", terms.subnet, tree)] = table
    asked = [address for _, address in references(subnets, terms.subnet, module, tree)]
    if not asked or any(not address or address not in tables for address in asked):
        return ()
    return tuple({written(tables[address]): tables[address] for address in asked}.values())


def _vpc_of(one: Made, tree: Networks) -> Vpc:
    for node, address in references(one.body.items.get("vpc_id"), vocabulary.network().vpc, one.module, tree):
        return Vpc(address or written(node), bool(address), isinstance(node, Leaf) and not node.assumed)
    return Vpc("", is_made=False)


def _endpoints(tree: Networks, vpc: Vpc) -> tuple[list[Endpoint], list[Untold]]:
    """The endpoints in the sessions' VPC, and what is not known of endpoints."""
    terms = vocabulary.network()
    found: list[Endpoint] = []
    untold: list[Untold] = []
    for one in tree.made.get(terms.endpoint, ()):
        kind = known(one.body.items.get("vpc_endpoint_type")) if "vpc_endpoint_type" in one.body.items else _GATEWAY
        own = _vpc_of(one, tree)
        differs = own.differs(vpc) if vpc.said and own.said else False
        if differs or kind not in (None, *EndpointKind):
            continue
        if differs is None:
            why = f"whether `{own.said}` is the VPC of the sessions, `{vpc.said}`, only Terraform knows"
            untold.append(Untold(one.address, one.body.place, why))
        endpoint = _endpoint(one, kind, tree)
        if endpoint.service is None:
            why = f"which service it is for: `{endpoint.said}` is not known"
            untold.append(Untold(one.address, one.body.place, why))
        found.append(endpoint)
    for one in tree.made.get(f"{DATA}.{terms.endpoint}", ()):
        own = _vpc_of(one, tree)
        if not own.said or own.differs(vpc) is False:
            found.append(_looked_up(one))
            if found[-1].service is None:
                untold.append(
                    Untold(one.address, one.body.place, f"which service it is for: `{found[-1].said}` is not known")
                )
    return found, untold


def _looked_up(one: Made) -> Endpoint:
    """An endpoint that a data source finds: only its service is known, and by that its type when it has one alone."""
    service, name = _service(one.body.items.get("service_name"), one.module)
    kinds = {row.name: row.type for row in facts().service}
    is_interface = True if service is not None and kinds.get(service) is EndpointKind.INTERFACE else None
    word = "security_group_ids"
    path = (*one.type.split("."), one.name, word)
    ids = Symbol(f"{one.address}.{word}", one.body.place, label=one.name, many=True, path=path)
    return Endpoint(
        one.address, one.body.place, service, name, is_interface, None, None, ("",), (ids,), is_looked_up=True
    )


def _endpoint(one: Made, kind: object, tree: Networks) -> Endpoint:
    terms, items, switch = vocabulary.network(), one.body.items, "private_dns_enabled"

    def beside(kind: str) -> list[Made]:
        return tree.beside.get((kind, one.address), [])

    groups = [
        *(address for _, address in references(items.get("security_group_ids"), terms.group, one.module, tree)),
        *(owner_of(other, "security_group_id", terms.group, tree) for other in beside(terms.endpoint_group)),
    ]
    switches = [items.get(switch), *(other.body.items.get(switch) for other in beside(terms.endpoint_dns))]
    private = [False if node is None else known(node) for node in switches]
    service, name = _service(items.get("service_name"), one.module)
    policies = [_policy(made) for made in (one, *beside(terms.endpoint_policy))]
    return Endpoint(
        address=one.address,
        place=one.body.place,
        service=service,
        said=name,
        is_interface=None if kind is None else kind == EndpointKind.INTERFACE,
        policy=next((found for found in policies if found is not None), None),
        private_dns=True if True in private else None if None in private else False,
        groups=tuple(groups),
        foreign_groups=tuple(_foreign(items.get("security_group_ids"), one.module, tree)),
    )


def _foreign(node: Node | None, module: Module, tree: Networks) -> Iterator[Node]:
    """The ids of security groups that are not in the tree, each once; a variable with a default as that variable."""
    done: set[str] = set()
    for one in elements(node, module, tree):
        if not address_of(one.node, vocabulary.network().group, one.module, tree):
            found = one.origin or resolved(one.node, one.module, tree)
            if found is not None and written(found) not in done:
                done.add(written(found))
                yield found


def _policy(one: Made) -> Document | None:
    said = one.body.items.get("policy")
    if said is None or (isinstance(said, Leaf) and said.value in (None, "")):
        return None
    return document(one.module, f"the policy of {one.address}", said)


def _service(node: Node | None, module: Module) -> tuple[str | None, str]:
    """The service of an endpoint by the name that it is given, and that name."""
    kind = vocabulary.network().endpoint_service
    if isinstance(node, Symbol) and node.path[:2] == (DATA, kind) and len(node.path) > 2:
        for block, path in module.blocks(DATA, kind, node.path[2]):
            attribute = block.attributes.get("service")
            value = known(module.value(attribute, path)) if attribute is not None else None
            if isinstance(value, str):
                return value, node.source
    return service_of(node), "" if node is None else written(node)
