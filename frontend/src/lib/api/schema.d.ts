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
}

export interface components {
  schemas: {
    Contact: { name: string; email: string };
    Price: { amount: string; currency: string };
    Payment: {
      /** @enum {string} */
      status: 'pending' | 'clearing' | 'cleared' | 'void';
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
      /** @description the seller chose the order of the files */
      arranged?: boolean;
    };
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
    };
    EventPage: {
      events: components['schemas']['Event'][];
      /** @description the after of the next page; missing on the last */
      next?: number;
    };
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

type Answers<Body> = {
  200: { headers: { [name: string]: unknown }; content: { 'application/json': Body } };
  default: {
    headers: { [name: string]: unknown };
    content: { 'application/problem+json': components['schemas']['Problem'] };
  };
};

type ById = { query?: never; header?: never; path: { id: string }; cookie?: never };

export interface operations {
  server: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: Answers<components['schemas']['Server']>;
  };
  order: { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  accept: { parameters: ById; requestBody?: never; responses: Answers<components['schemas']['Order']> };
  'request-changes': {
    parameters: ById;
    requestBody: { content: { 'application/json': components['schemas']['Message'] } };
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
}
