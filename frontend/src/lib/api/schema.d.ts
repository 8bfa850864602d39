/**
 * The part of the server's interface that the buyer's page uses, in the form
 * that openapi-typescript writes. `npm run api` makes it anew from openapi.json.
 */
export interface paths {
  '/api/v1/server': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['server'];
  };
  '/api/v1/orders/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['order'];
  };
  '/api/v1/orders/{id}/accept': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['accept'];
  };
  '/api/v1/orders/{id}/changes': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['request-changes'];
  };
  '/api/v1/orders/{id}/comments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['comments'];
  };
  '/api/v1/orders/{id}/comments/{comment}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    put: operations['put-comment'];
    delete: operations['delete-comment'];
  };
  '/api/v1/orders/{id}/extension': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['extend-review'];
  };
  '/api/v1/orders/{id}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['order-events'];
  };
  '/api/v1/orders/{id}/messages': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['write-message'];
  };
  '/api/v1/orders/{id}/cancellation': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['propose-cancellation'];
  };
  '/api/v1/orders/{id}/cancellation/agree': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['agree-cancellation'];
  };
  '/api/v1/orders/{id}/cancellation/decline': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['decline-cancellation'];
  };
  '/api/v1/orders/{id}/cancellation/withdraw': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    post: operations['withdraw-cancellation'];
  };
  '/api/v1/orders/{id}/view-links': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['view-links'];
    post: operations['share-to-look'];
  };
  '/api/v1/orders/{id}/view-links/{number}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    delete: operations['end-sharing'];
  };
}

export interface components {
  schemas: {
    Contact: { name: string; email: string };
    Price: { amount: string; currency: string };
    Payment: {
      /**
       * @description missing for a viewer
       * @enum {string}
       */
      status?: 'pending' | 'clearing' | 'cleared' | 'void';
      /** Format: date-time */
      clears_at: string | null;
    };
    File: { id: string; path: string; size: number; sha256: string; type?: string };
    Link: { url: string; label?: string };
    Delivery: {
      number: number;
      /** Format: date-time */
      delivered_at: string;
      description: string;
      files: components['schemas']['File'][];
      links: components['schemas']['Link'][];
      /** @description the IDs of the points that the delivery takes up */
      done?: string[];
      /** @description the seller chose the order of the files */
      arranged?: boolean;
    };
    Point: { x: number; y: number };
    Author: { party: string; id?: string; name: string };
    NewComment: {
      delivery: number;
      file?: string;
      point?: components['schemas']['Point'];
      seconds?: number;
      page?: number;
      line?: number;
      text: string;
    };
    Comment: {
      id: string;
      number: number;
      delivery: number;
      file?: string;
      point?: components['schemas']['Point'];
      seconds?: number;
      page?: number;
      line?: number;
      text: string;
      author: components['schemas']['Author'];
      own: boolean;
      /** Format: date-time */
      written_at: string;
      /** Format: date-time */
      sent_at: string | null;
      done_in?: number;
    };
    CommentList: { comments: components['schemas']['Comment'][] };
    Changes: { message?: string; points?: string[] };
    Cancellation: {
      proposed_by: string;
      /** Format: date-time */
      proposed_at: string;
      /** Format: date-time */
      lapses_at: string;
      message?: string;
    };
    ChangeRequest: {
      delivery: number;
      /** Format: date-time */
      requested_at: string;
      message: string;
      points?: number;
    };
    Order: {
      id: string;
      title: string;
      buyer: components['schemas']['Contact'];
      /** @description the seller's name */
      seller: string;
      price: components['schemas']['Price'];
      /** Format: date-time */
      placed_at: string;
      /** Format: date-time */
      due_at: string;
      /** @enum {string} */
      status: 'active' | 'delivered' | 'in_revision' | 'completed' | 'cancelled';
      late: boolean;
      /** Format: date-time */
      review_ends_at: string | null;
      /** Format: date-time */
      completed_at: string | null;
      /** @enum {string} */
      completed_by?: 'buyer' | 'review_period';
      /** Format: date-time */
      cancelled_at: string | null;
      payment: components['schemas']['Payment'];
      deliveries: components['schemas']['Delivery'][];
      cancellation: components['schemas']['Cancellation'] | null;
      change_request: components['schemas']['ChangeRequest'] | null;
      extension_days_left: number;
      /** @description what the asker may do now */
      allowed: string[];
      /** @description whom the link was made for, when the asker may only look */
      viewer?: string;
      version: number;
      /** Format: date-time */
      server_time: string;
    };
    Event: {
      seq: number;
      order: string;
      seller: string;
      type: string;
      by: string;
      /** Format: date-time */
      at: string;
      status: string;
      delivery?: number;
      message?: string;
      days?: number;
      /** Format: date-time */
      review_ends_at?: string;
      changed?: string[];
      title?: string;
      /** Format: date-time */
      due_at?: string;
      unopened?: boolean;
      file?: string;
      points?: number;
      done?: number;
      viewer?: string;
    };
    EventPage: {
      events: components['schemas']['Event'][];
      /** @description the after of the next page; missing on the last */
      next?: number;
    };
    ViewLink: {
      number: number;
      /** @description of the person */
      name: string;
      /** Format: date-time */
      made_at: string;
      /** Format: date-time */
      opened_at: string | null;
      url: string;
    };
    ViewLinks: {
      links: components['schemas']['ViewLink'][];
      /** @description how many can work at once */
      most: number;
    };
    NewViewLink: { name: string };
    Message: { message?: string };
    Extension: { days: number };
    Server: {
      version: string;
      max_file_size: number;
      review_period: string;
      /** @description from the completion of an order until its payment clears, as 336h0m0s */
      clearing_period: string;
      /** Format: date-time */
      time: string;
    };
    Problem: {
      title: string;
      status: number;
      detail: string;
      code: string;
      field?: string;
      allowed?: string[];
    };
  };
}

type Answers<Body, Status extends 200 | 201 = 200> = Record<
  Status,
  { headers: { [name: string]: unknown }; content: { 'application/json': Body } }
> & {
  default: {
    headers: { [name: string]: unknown };
    content: { 'application/problem+json': components['schemas']['Problem'] };
  };
};

type OfComment = { query?: never; header?: never; path: { id: string; comment: string }; cookie?: never };
type ById = { query?: never; header?: never; path: { id: string }; cookie?: never };

export interface operations {
  server: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: Answers<components['schemas']['Server']>;
  };
  order: { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  accept: { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  comments: { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['CommentList']> };
  'put-comment': {
    parameters: OfComment;
    requestBody: { content: { 'application/json': components['schemas']['NewComment'] } };
    responses: Answers<components['schemas']['Comment']>;
  };
  'delete-comment': {
    parameters: OfComment;
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      default: {
        headers: { [name: string]: unknown };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
    };
  };
  'request-changes': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['Changes'] } };
    responses: Answers<components['schemas']['Order']>;
  };
  'extend-review': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['Extension'] } };
    responses: Answers<components['schemas']['Order']>;
  };
  'order-events': {
    parameters: { query?: { after?: number; limit?: number }; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: Answers<components['schemas']['EventPage']>;
  };
  'write-message': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['Message'] } };
    responses: Answers<components['schemas']['Order']>;
  };
  'propose-cancellation': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['Message'] } };
    responses: Answers<components['schemas']['Order']>;
  };
  'agree-cancellation': { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  'decline-cancellation': { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  'withdraw-cancellation': { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  'view-links': { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['ViewLinks']> };
  'share-to-look': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['NewViewLink'] } };
    responses: Answers<components['schemas']['ViewLinks'], 201>;
  };
  'end-sharing': {
    parameters: { query?: never; header?: never; path: { id: string; number: number }; cookie?: never };
    requestBody?: never;
    responses: Answers<components['schemas']['ViewLinks']>;
  };
}
