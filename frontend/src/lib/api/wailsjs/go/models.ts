export namespace app {
	
	export class About {
	    version: string;
	    serverVersion: string;
	    logs: string;
	
	    static createFrom(source: any = {}) {
	        return new About(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.serverVersion = source["serverVersion"];
	        this.logs = source["logs"];
	    }
	}
	export class Account {
	    name: string;
	    email: string;
	    language: string;
	
	    static createFrom(source: any = {}) {
	        return new Account(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.email = source["email"];
	        this.language = source["language"];
	    }
	}
	export class Asked {
	    kind: string;
	    order: string;
	    unusable: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Asked(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.order = source["order"];
	        this.unusable = source["unusable"];
	    }
	}
	export class Refused {
	    path: string;
	    problem: Problem;
	
	    static createFrom(source: any = {}) {
	        return new Refused(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.problem = this.convertValues(source["problem"], Problem);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Progress {
	    sent: number;
	    total: number;
	    rate: number;
	    seconds: number;
	
	    static createFrom(source: any = {}) {
	        return new Progress(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sent = source["sent"];
	        this.total = source["total"];
	        this.rate = source["rate"];
	        this.seconds = source["seconds"];
	    }
	}
	export class Link {
	    url: string;
	    label: string;
	
	    static createFrom(source: any = {}) {
	        return new Link(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.label = source["label"];
	    }
	}
	export class Problem {
	    code: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new Problem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	    }
	}
	export class DraftFile {
	    path: string;
	    source: string;
	    size: number;
	    sent: number;
	    state: string;
	    sha256: string;
	    taken: boolean;
	    problem: Problem;
	    inFolder: boolean;
	
	    static createFrom(source: any = {}) {
	        return new DraftFile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.source = source["source"];
	        this.size = source["size"];
	        this.sent = source["sent"];
	        this.state = source["state"];
	        this.sha256 = source["sha256"];
	        this.taken = source["taken"];
	        this.problem = this.convertValues(source["problem"], Problem);
	        this.inFolder = source["inFolder"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Draft {
	    order: string;
	    description: string;
	    files: DraftFile[];
	    links: Link[];
	    done: string[];
	    updatedAt: string;
	    delivering: boolean;
	    revision: number;
	    progress: Progress;
	    notice: Problem;
	    arranged: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Draft(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.order = source["order"];
	        this.description = source["description"];
	        this.files = this.convertValues(source["files"], DraftFile);
	        this.links = this.convertValues(source["links"], Link);
	        this.done = source["done"];
	        this.updatedAt = source["updatedAt"];
	        this.delivering = source["delivering"];
	        this.revision = source["revision"];
	        this.progress = this.convertValues(source["progress"], Progress);
	        this.notice = this.convertValues(source["notice"], Problem);
	        this.arranged = source["arranged"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Attached {
	    draft: Draft;
	    refused: Refused[];
	
	    static createFrom(source: any = {}) {
	        return new Attached(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.draft = this.convertValues(source["draft"], Draft);
	        this.refused = this.convertValues(source["refused"], Refused);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BuiltInRule {
	    reason: string;
	    patterns: string[];
	
	    static createFrom(source: any = {}) {
	        return new BuiltInRule(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.reason = source["reason"];
	        this.patterns = source["patterns"];
	    }
	}
	export class BuyerLink {
	    url: string;
	    revoked: boolean;
	
	    static createFrom(source: any = {}) {
	        return new BuyerLink(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.url = source["url"];
	        this.revoked = source["revoked"];
	    }
	}
	export class Cancellation {
	    by: string;
	    proposedAt: string;
	    lapsesAt: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new Cancellation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.by = source["by"];
	        this.proposedAt = source["proposedAt"];
	        this.lapsesAt = source["lapsesAt"];
	        this.message = source["message"];
	    }
	}
	export class CurrencyTotal {
	    currency: string;
	    pending: string;
	    clearing: string;
	    cleared: string;
	
	    static createFrom(source: any = {}) {
	        return new CurrencyTotal(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.currency = source["currency"];
	        this.pending = source["pending"];
	        this.clearing = source["clearing"];
	        this.cleared = source["cleared"];
	    }
	}
	export class SharedFile {
	    id: string;
	    path: string;
	    size: number;
	    sha256: string;
	
	    static createFrom(source: any = {}) {
	        return new SharedFile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.path = source["path"];
	        this.size = source["size"];
	        this.sha256 = source["sha256"];
	    }
	}
	export class Delivery {
	    number: number;
	    deliveredAt: string;
	    description: string;
	    files: SharedFile[];
	    links: Link[];
	    arranged: boolean;
	    openedAt: string;
	    downloadedAt: string;
	
	    static createFrom(source: any = {}) {
	        return new Delivery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.deliveredAt = source["deliveredAt"];
	        this.description = source["description"];
	        this.files = this.convertValues(source["files"], SharedFile);
	        this.links = this.convertValues(source["links"], Link);
	        this.arranged = source["arranged"];
	        this.openedAt = source["openedAt"];
	        this.downloadedAt = source["downloadedAt"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class MonthTotal {
	    month: string;
	    currency: string;
	    placed: string;
	    cancelled: string;
	    completed: string;
	    cleared: string;
	
	    static createFrom(source: any = {}) {
	        return new MonthTotal(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.month = source["month"];
	        this.currency = source["currency"];
	        this.placed = source["placed"];
	        this.cancelled = source["cancelled"];
	        this.completed = source["completed"];
	        this.cleared = source["cleared"];
	    }
	}
	export class Earnings {
	    totals: CurrencyTotal[];
	    months: MonthTotal[];
	
	    static createFrom(source: any = {}) {
	        return new Earnings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.totals = this.convertValues(source["totals"], CurrencyTotal);
	        this.months = this.convertValues(source["months"], MonthTotal);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Event {
	    seq: number;
	    type: string;
	    by: string;
	    at: string;
	    delivery: number;
	    message: string;
	    days: number;
	    reviewEndsAt: string;
	    changed: string[];
	    title: string;
	    dueAt: string;
	    file: string;
	    points: number;
	    done: number;
	    viewer: string;
	
	    static createFrom(source: any = {}) {
	        return new Event(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.type = source["type"];
	        this.by = source["by"];
	        this.at = source["at"];
	        this.delivery = source["delivery"];
	        this.message = source["message"];
	        this.days = source["days"];
	        this.reviewEndsAt = source["reviewEndsAt"];
	        this.changed = source["changed"];
	        this.title = source["title"];
	        this.dueAt = source["dueAt"];
	        this.file = source["file"];
	        this.points = source["points"];
	        this.done = source["done"];
	        this.viewer = source["viewer"];
	    }
	}
	export class Finding {
	    code: string;
	    path: string;
	    hint: string;
	
	    static createFrom(source: any = {}) {
	        return new Finding(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.path = source["path"];
	        this.hint = source["hint"];
	    }
	}
	export class FolderMove {
	    to: string;
	    done: number;
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new FolderMove(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.to = source["to"];
	        this.done = source["done"];
	        this.total = source["total"];
	    }
	}
	export class FolderProblem {
	    code: string;
	    path: string;
	    message: string;
	    remedy: string;
	
	    static createFrom(source: any = {}) {
	        return new FolderProblem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.path = source["path"];
	        this.message = source["message"];
	        this.remedy = source["remedy"];
	    }
	}
	export class RuleFault {
	    line: number;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new RuleFault(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.line = source["line"];
	        this.text = source["text"];
	    }
	}
	export class IgnoreRules {
	    text: string;
	    faults: RuleFault[];
	    builtIns: BuiltInRule[];
	
	    static createFrom(source: any = {}) {
	        return new IgnoreRules(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.faults = this.convertValues(source["faults"], RuleFault);
	        this.builtIns = this.convertValues(source["builtIns"], BuiltInRule);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ImportError {
	    line: number;
	    field: string;
	    code: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new ImportError(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.line = source["line"];
	        this.field = source["field"];
	        this.code = source["code"];
	        this.message = source["message"];
	    }
	}
	export class ImportOrder {
	    line: number;
	    id: string;
	    title: string;
	    buyer: string;
	    email: string;
	    dueAt: string;
	    price: string;
	    currency: string;
	    url: string;
	
	    static createFrom(source: any = {}) {
	        return new ImportOrder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.line = source["line"];
	        this.id = source["id"];
	        this.title = source["title"];
	        this.buyer = source["buyer"];
	        this.email = source["email"];
	        this.dueAt = source["dueAt"];
	        this.price = source["price"];
	        this.currency = source["currency"];
	        this.url = source["url"];
	    }
	}
	export class ImportPreview {
	    id: string;
	    name: string;
	    count: number;
	    orders: ImportOrder[];
	    wrong: number;
	    errors: ImportError[];
	
	    static createFrom(source: any = {}) {
	        return new ImportPreview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.count = source["count"];
	        this.orders = this.convertValues(source["orders"], ImportOrder);
	        this.wrong = source["wrong"];
	        this.errors = this.convertValues(source["errors"], ImportError);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class LeftOut {
	    path: string;
	    reason: string;
	    detail: string;
	    folder: boolean;
	    files: number;
	    source: string;
	
	    static createFrom(source: any = {}) {
	        return new LeftOut(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.reason = source["reason"];
	        this.detail = source["detail"];
	        this.folder = source["folder"];
	        this.files = source["files"];
	        this.source = source["source"];
	    }
	}
	export class Span {
	    from: string;
	    to: string;
	    up: number;
	
	    static createFrom(source: any = {}) {
	        return new Span(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.from = source["from"];
	        this.to = source["to"];
	        this.up = source["up"];
	    }
	}
	export class Limits {
	    up: number;
	    parallel: number;
	    schedule: Span[];
	    yield: boolean;
	    metered: boolean;
	    pauseMetered: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Limits(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.up = source["up"];
	        this.parallel = source["parallel"];
	        this.schedule = this.convertValues(source["schedule"], Span);
	        this.yield = source["yield"];
	        this.metered = source["metered"];
	        this.pauseMetered = source["pauseMetered"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class NewOrder {
	    key: string;
	    title: string;
	    buyerName: string;
	    buyerEmail: string;
	    language: string;
	    dueAt: string;
	    price: string;
	    currency: string;
	    notes: string;
	
	    static createFrom(source: any = {}) {
	        return new NewOrder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.title = source["title"];
	        this.buyerName = source["buyerName"];
	        this.buyerEmail = source["buyerEmail"];
	        this.language = source["language"];
	        this.dueAt = source["dueAt"];
	        this.price = source["price"];
	        this.currency = source["currency"];
	        this.notes = source["notes"];
	    }
	}
	export class News {
	    kind: string;
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new News(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.on = source["on"];
	    }
	}
	export class OrderEdit {
	    version: number;
	    changed: string[];
	    title: string;
	    dueAt: string;
	    notes: string;
	
	    static createFrom(source: any = {}) {
	        return new OrderEdit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.changed = source["changed"];
	        this.title = source["title"];
	        this.dueAt = source["dueAt"];
	        this.notes = source["notes"];
	    }
	}
	export class OrderFolder {
	    dir: string;
	    leftOut: LeftOut[];
	    more: number;
	
	    static createFrom(source: any = {}) {
	        return new OrderFolder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.dir = source["dir"];
	        this.leftOut = this.convertValues(source["leftOut"], LeftOut);
	        this.more = source["more"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class OrderRow {
	    id: string;
	    title: string;
	    buyer: string;
	    status: string;
	    late: boolean;
	    dueAt: string;
	    reviewEndsAt: string;
	    completedAt: string;
	    completedBy: string;
	    cancelledAt: string;
	    price: string;
	    currency: string;
	    payment: string;
	    clearsAt: string;
	    deliveries: number;
	    cancellationBy: string;
	    canDeliver: boolean;
	    hasDraft: boolean;
	    unread: number;
	    unreadMessages: number;
	
	    static createFrom(source: any = {}) {
	        return new OrderRow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.buyer = source["buyer"];
	        this.status = source["status"];
	        this.late = source["late"];
	        this.dueAt = source["dueAt"];
	        this.reviewEndsAt = source["reviewEndsAt"];
	        this.completedAt = source["completedAt"];
	        this.completedBy = source["completedBy"];
	        this.cancelledAt = source["cancelledAt"];
	        this.price = source["price"];
	        this.currency = source["currency"];
	        this.payment = source["payment"];
	        this.clearsAt = source["clearsAt"];
	        this.deliveries = source["deliveries"];
	        this.cancellationBy = source["cancellationBy"];
	        this.canDeliver = source["canDeliver"];
	        this.hasDraft = source["hasDraft"];
	        this.unread = source["unread"];
	        this.unreadMessages = source["unreadMessages"];
	    }
	}
	export class OrderList {
	    orders: OrderRow[];
	    gone: string[];
	    anew: boolean;
	    mark: number;
	    more: boolean;
	    asOf: string;
	    offline: boolean;
	
	    static createFrom(source: any = {}) {
	        return new OrderList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.orders = this.convertValues(source["orders"], OrderRow);
	        this.gone = source["gone"];
	        this.anew = source["anew"];
	        this.mark = source["mark"];
	        this.more = source["more"];
	        this.asOf = source["asOf"];
	        this.offline = source["offline"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Point {
	    id: string;
	    number: number;
	    delivery: number;
	    file: string;
	    path: string;
	    picture: boolean;
	    x: number;
	    y: number;
	    seconds: number;
	    page: number;
	    line: number;
	    text: string;
	    author: string;
	    sentAt: string;
	    doneIn: number;
	
	    static createFrom(source: any = {}) {
	        return new Point(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.number = source["number"];
	        this.delivery = source["delivery"];
	        this.file = source["file"];
	        this.path = source["path"];
	        this.picture = source["picture"];
	        this.x = source["x"];
	        this.y = source["y"];
	        this.seconds = source["seconds"];
	        this.page = source["page"];
	        this.line = source["line"];
	        this.text = source["text"];
	        this.author = source["author"];
	        this.sentAt = source["sentAt"];
	        this.doneIn = source["doneIn"];
	    }
	}
	export class OrderPage {
	    order: OrderRow;
	    placedAt: string;
	    buyerEmail: string;
	    changeRequest: string;
	    points: Point[];
	    deliveries: Delivery[];
	    draft: Draft;
	    asOf: string;
	    offline: boolean;
	    allowed: string[];
	    cancellation: Cancellation;
	    notes: string;
	    version: number;
	
	    static createFrom(source: any = {}) {
	        return new OrderPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.order = this.convertValues(source["order"], OrderRow);
	        this.placedAt = source["placedAt"];
	        this.buyerEmail = source["buyerEmail"];
	        this.changeRequest = source["changeRequest"];
	        this.points = this.convertValues(source["points"], Point);
	        this.deliveries = this.convertValues(source["deliveries"], Delivery);
	        this.draft = this.convertValues(source["draft"], Draft);
	        this.asOf = source["asOf"];
	        this.offline = source["offline"];
	        this.allowed = source["allowed"];
	        this.cancellation = this.convertValues(source["cancellation"], Cancellation);
	        this.notes = source["notes"];
	        this.version = source["version"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class PlacedImport {
	    orders: ImportOrder[];
	    before: boolean;
	
	    static createFrom(source: any = {}) {
	        return new PlacedImport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.orders = this.convertValues(source["orders"], ImportOrder);
	        this.before = source["before"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PlacedOrder {
	    id: string;
	    title: string;
	    url: string;
	
	    static createFrom(source: any = {}) {
	        return new PlacedOrder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.url = source["url"];
	    }
	}
	
	
	
	export class Recovery {
	    kind: string;
	    asOf: string;
	    setAside: string;
	
	    static createFrom(source: any = {}) {
	        return new Recovery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.asOf = source["asOf"];
	        this.setAside = source["setAside"];
	    }
	}
	
	
	
	
	export class Startup {
	    available: boolean;
	    on: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Startup(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.available = source["available"];
	        this.on = source["on"];
	    }
	}
	export class State {
	    signedIn: boolean;
	    trial: boolean;
	    server: string;
	    name: string;
	    email: string;
	    online: boolean;
	    intercepted: string;
	    asOf: string;
	    maxFileSize: number;
	    version: string;
	    askFolder: boolean;
	    recovery: Recovery;
	
	    static createFrom(source: any = {}) {
	        return new State(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.signedIn = source["signedIn"];
	        this.trial = source["trial"];
	        this.server = source["server"];
	        this.name = source["name"];
	        this.email = source["email"];
	        this.online = source["online"];
	        this.intercepted = source["intercepted"];
	        this.asOf = source["asOf"];
	        this.maxFileSize = source["maxFileSize"];
	        this.version = source["version"];
	        this.askFolder = source["askFolder"];
	        this.recovery = this.convertValues(source["recovery"], Recovery);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Transfer {
	    order: string;
	    title: string;
	    path: string;
	    size: number;
	    sent: number;
	    state: string;
	    problem: Problem;
	    retryAt: string;
	    rate: number;
	    seconds: number;
	
	    static createFrom(source: any = {}) {
	        return new Transfer(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.order = source["order"];
	        this.title = source["title"];
	        this.path = source["path"];
	        this.size = source["size"];
	        this.sent = source["sent"];
	        this.state = source["state"];
	        this.problem = this.convertValues(source["problem"], Problem);
	        this.retryAt = source["retryAt"];
	        this.rate = source["rate"];
	        this.seconds = source["seconds"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class TransferList {
	    transfers: Transfer[];
	    paused: boolean;
	    pausedOrders: string[];
	    progress: Progress;
	    limits: Limits;
	    speed: number[];
	    speedSpan: number;
	
	    static createFrom(source: any = {}) {
	        return new TransferList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.transfers = this.convertValues(source["transfers"], Transfer);
	        this.paused = source["paused"];
	        this.pausedOrders = source["pausedOrders"];
	        this.progress = this.convertValues(source["progress"], Progress);
	        this.limits = this.convertValues(source["limits"], Limits);
	        this.speed = source["speed"];
	        this.speedSpan = source["speedSpan"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class WorkFolder {
	    folder: string;
	    enabled: boolean;
	    watched: boolean;
	    there: boolean;
	    asked: boolean;
	    scanned: boolean;
	    move: FolderMove;
	    problems: FolderProblem[];
	
	    static createFrom(source: any = {}) {
	        return new WorkFolder(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.folder = source["folder"];
	        this.enabled = source["enabled"];
	        this.watched = source["watched"];
	        this.there = source["there"];
	        this.asked = source["asked"];
	        this.scanned = source["scanned"];
	        this.move = this.convertValues(source["move"], FolderMove);
	        this.problems = this.convertValues(source["problems"], FolderProblem);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

